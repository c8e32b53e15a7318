import Testing
import Taxonomy
