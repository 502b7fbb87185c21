"""The second room: what a challenger has to show before it serves."""
