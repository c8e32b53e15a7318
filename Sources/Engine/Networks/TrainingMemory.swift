/// The memory that training a network, or the head of one, takes, in bytes.
package struct TrainingMemory: Equatable, Sendable {
  /// Parameters, with momentum where they learn.
  package var parameters: Int
  /// Activations, their gradients and the layers' scratch, for a batch.
  package var workspace: Int
  /// The scratch memory that the backend's operations share.
  package var scratch: Int

  package var all: Int { parameters + workspace + scratch }
}
