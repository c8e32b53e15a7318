import Testing
import Kernels
