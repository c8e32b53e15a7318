import Testing
import TUI
