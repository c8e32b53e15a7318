import CKernels

/// Pooling over regions of an image (Girshick 2015, arXiv:1504.08083, §2.1).
extension CPUBackend {
  public func regionPoolForward(_ shape: RegionPoolShape, input: Tensor, regions: Tensor, output: Tensor, choices: Tensor?) {
    let (cells, channels) = (shape.cells, shape.channels)
    parallelFor(output.shape[0]) { region, _ in
      let place = regions.base + region * 5
      let plane = input.base + Int(place[0]) * shape.inputFloats
      let (across, down) = (shape.extent(place[1], place[3]), shape.extent(place[2], place[4]))
      for row in 0..<cells {
        let rows = shape.part(row, of: down, side: shape.height)
        for column in 0..<cells {
          let columns = shape.part(column, of: across, side: shape.width)
          let at = ((region * cells + row) * cells + column) * channels
          guard !rows.isEmpty, !columns.isEmpty else {
            (output.base + at).update(repeating: 0, count: channels)
            if let choices { (choices.base + at).update(repeating: -1, count: channels) }
            continue
          }
          var window = pool_window(
            top: rows.lowerBound, left: columns.lowerBound, height: rows.count, width: columns.count, row: shape.width * channels,
            kernel: shape.width, first_place: Float(rows.lowerBound * shape.width + columns.lowerBound))
          loops.max_of_window(plane, &window, channels, output.base + at, choices.map { $0.base + at })
        }
      }
    }
  }

  /// A worker takes some channels of all regions, in the order of the regions: a pixel that several have chosen gets its sum in one order.
  public func regionPoolGradient(
    _ shape: RegionPoolShape, regions: Tensor, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let channels = shape.channels
    let pixels = inputGradient.count / channels
    let places = shape.cells * shape.cells
    // A cache line of channels.
    parallelStretches(of: channels, size: 16) { stretch, _ in
      let (choice, dy, dx) = (choices.base, outputGradient.base, inputGradient.base)
      for pixel in 0..<pixels { (dx + pixel * channels + stretch.lowerBound).update(repeating: 0, count: stretch.count) }
      for region in 0..<outputGradient.shape[0] {
        let plane = dx + Int(regions.base[region * 5]) * shape.inputFloats
        for place in region * places..<(region + 1) * places {
          // An empty part is empty in all channels.
          guard choice[place * channels] >= 0 else { continue }
          for channel in stretch {
            plane[Int(choice[place * channels + channel]) * channels + channel] += dy[place * channels + channel]
          }
        }
      }
    }
  }
}

extension RegionPoolShape {
  var inputFloats: Int { height * width * channels }

  /// The first row or column of a region and how many it has, before anything is cut off. Halves are rounded away from zero.
  func extent(_ low: Float, _ high: Float) -> (first: Int, length: Int) {
    func cell(_ place: Float) -> Int { Int((place / Float(stride)).rounded()) }
    let first = cell(low)
    return (first, max(cell(high) - first + 1, 1))
  }

  /// The rows or columns of one part; parts overlap where their number does not divide the length.
  func part(_ index: Int, of extent: (first: Int, length: Int), side: Int) -> Range<Int> {
    let start = min(max(extent.first + index * extent.length / cells, 0), side)
    let end = min(max(extent.first + ceilDivide((index + 1) * extent.length, cells), 0), side)
    return start..<max(start, end)
  }
}
