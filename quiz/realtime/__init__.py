"""Socket.IO: connections, events in and out. The only room that imports socketio and engineio."""
