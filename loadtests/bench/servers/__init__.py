"""The servers that are compared. All speak one trivial application, told in application.py."""
