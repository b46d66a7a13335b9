"""What Engine.IO v4 and Socket.IO v5 say a server does, seen from outside."""
