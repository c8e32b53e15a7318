import Kernels

/// What random numbers are for: the first purpose of every key, so that no two uses share numbers.
/// (The loader's keys begin with the epoch, which is never negative.)
package enum RandomUse: Int {
  case initialization = -1
  case dropout = -2
  case shuffling = -3
}
