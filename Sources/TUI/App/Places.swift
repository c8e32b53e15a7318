import Analysis
import Datasets

/// Where the library, the neighbours and the evaluation were left on a dataset: selection, filter and order. (The runs, which are of all datasets, have
/// ``RememberedRuns``.)
package struct Places: Codable, Equatable, Sendable {
  package var library: LibraryScreen.Place?
  package var neighbors: NeighborsScreen.Place?
  package var evaluation: EvaluationScreen.Place?

  package init(
    library: LibraryScreen.Place? = nil, neighbors: NeighborsScreen.Place? = nil, evaluation: EvaluationScreen.Place? = nil
  ) {
    self.library = library
    self.neighbors = neighbors
    self.evaluation = evaluation
  }
}

extension AppState {
  var places: Places { Places(library: library.place, neighbors: neighbors.place, evaluation: evaluation.place) }

  /// Goes on from there; what is gone meanwhile is passed over.
  mutating func recall(_ places: Places) {
    if let place = places.library { library.recall(place) }
    if let place = places.neighbors { neighbors.recall(place) }
    if let place = places.evaluation { evaluation.recalled = place }
  }
}

extension LibraryScreen {
  package struct Place: Codable, Equatable, Sendable {
    package var selected: String?
    package var filter: String
    package var order: LibraryOrder
  }

  package var place: Place { Place(selected: selected?.id, filter: filter, order: order) }

  mutating func recall(_ place: Place) {
    filter = place.filter
    order = place.order
    wanted = place.selected
    select(wanted)
  }
}

extension NeighborsScreen {
  package struct Place: Codable, Equatable, Sendable {
    package var runs: [String]
    package var metric: Metric
    package var space: NeighborSpace
    package var gallery: Split
    /// The name of the coarse set that somebody chose.
    package var coarse: String?
    /// The query, where it is an image of the dataset.
    package var split: Split?
    package var index: Int?
  }

  package var place: Place? {
    guard !rows.isEmpty else { return recalled }
    var place = Place(runs: rows.map(\.run.id), metric: metric, space: space, gallery: gallery)
    place.coarse = hasChosenCoarse ? coarse?.name : nil
    if case .image(let split, let index) = query { (place.split, place.index) = (split, index) }
    return place
  }

  mutating func recall(_ place: Place) {
    recalled = place
    metric = place.metric
    space = place.space
    gallery = place.gallery
  }
}

extension EvaluationScreen {
  package struct Place: Codable, Equatable, Sendable {
    package var pane: Pane
    package var run: String?
    /// The name of the coarse label set.
    package var coarse: String?
    /// How many members a coarse class needs; nil in a file of a time that did not remember it.
    package var minMembers: Int?
  }

  package var place: Place? {
    context == nil ? recalled : Place(pane: pane, run: run, coarse: coarse?.name, minMembers: coarseFine.minMembers)
  }
}
