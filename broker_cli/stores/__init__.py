"""What the ``broker store`` commands do, once it is clear what is wanted."""
