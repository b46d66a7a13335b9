"""What the locust scenarios are made of: clients that speak the public contract, and the stage they play on."""
