import Kernels
import Taxonomy

/// Weights as Caffe itself keeps them: a `.caffemodel` is the protocol-buffer message `NetParameter` of caffe.proto.
///
/// Fields: `NetParameter` 100 layers (2 in files of before 2014); a layer 1 name, 7 blobs (4 and 6 in the old ones); a blob 7 shape (1
/// dimensions) or 1 to 4 its four sides, 5 floats. The first blob of a layer is its weight, the second its bias; they are named
/// `<layer>.weight` and `<layer>.bias` here, a third one (of batch normalisation) `<layer>.2`.
package struct CaffeModelFile: WeightFile {
  package let path: String
  package let metadata: [String: String] = [:]
  private let file: MappedFile
  private var blobs: [String: (shape: [Int], floats: UnsafeRawBufferPointer)] = [:]

  package var names: [String] { blobs.keys.sorted() }

  /// - Throws: a ``Problem`` where it cannot be read, or is no such message.
  package init(_ path: String) throws(Problem) {
    self.path = path
    file = try MappedFile(path: path)
    var fields = ProtobufFields(file.bytes)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (100, .bytes(let layer)): try take(layer, name: 1, blobs: 7)
      case (2, .bytes(let layer)): try take(layer, name: 4, blobs: 6)
      default: break
      }
    }
    guard !fields.isMalformed, !blobs.isEmpty else { throw damage("no layer with weights", at: path) }
  }

  package func shape(of name: String) -> [Int]? { blobs[name]?.shape }

  package func read(_ name: String, into tensor: Tensor) throws(Problem) {
    guard let blob = blobs[name], blob.shape == tensor.shape else {
      throw Problem(
        "cannot read the weights", at: "\(path): \(name)", expected: describe(tensor.shape),
        found: blobs[name].map { describe($0.shape) } ?? "none of that name")
    }
    for index in 0..<tensor.count {
      let bits = blob.floats.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      tensor.elements[index] = Float(bitPattern: UInt32(littleEndian: bits))
    }
  }

  private mutating func take(_ layer: UnsafeRawBufferPointer, name nameField: UInt64, blobs blobField: UInt64) throws(Problem) {
    var name = ""
    var found: [UnsafeRawBufferPointer] = []
    var fields = ProtobufFields(layer)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (nameField, .bytes(let text)): name = String(decoding: text, as: UTF8.self)
      case (blobField, .bytes(let blob)): found.append(blob)
      default: break
      }
    }
    guard !fields.isMalformed else { throw damage("a layer that is cut short", at: "\(path): \(name)") }
    for (index, blob) in found.enumerated() {
      let part = index == 0 ? "weight" : index == 1 ? "bias" : "\(index)"
      guard let parsed = Self.parse(blob) else {
        throw damage("floats that do not fill the shape", at: "\(path): \(name).\(part)")
      }
      blobs["\(name).\(part)"] = parsed
    }
  }

  /// The shape and floats of a blob; nil where they do not fit each other.
  private static func parse(_ blob: UnsafeRawBufferPointer) -> (shape: [Int], floats: UnsafeRawBufferPointer)? {
    var sides = [Int](repeating: 0, count: 4)
    var shape: [Int]?
    var floats = UnsafeRawBufferPointer(start: nil, count: 0)
    var fields = ProtobufFields(blob)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (1...4, .varint(let side)): sides[Int(field.number) - 1] = Int(clamping: side)
      case (5, .bytes(let packed)): floats = packed
      case (7, .bytes(let dimensions)): shape = Self.dimensions(dimensions)
      default: break
      }
    }
    // What has fewer than four sides was written with ones in front.
    var sought = shape ?? Array(sides.drop { $0 == 1 })
    if sought.isEmpty { sought = [1] }
    var count = 1
    for side in sought {
      let (product, overflows) = count.multipliedReportingOverflow(by: side)
      guard side > 0, !overflows else { return nil }
      count = product
    }
    guard !fields.isMalformed, floats.count % 4 == 0, floats.count / 4 == count else { return nil }
    return (sought, floats)
  }

  /// Numbers one after another, packed or each a field of its own.
  private static func dimensions(_ message: UnsafeRawBufferPointer) -> [Int] {
    var dimensions: [Int] = []
    var fields = ProtobufFields(message)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (1, .varint(let side)): dimensions.append(Int(clamping: side))
      case (1, .bytes(let packed)): dimensions += ProtobufFields.varints(packed).map { Int(clamping: $0) }
      default: break
      }
    }
    return dimensions
  }

  private func damage(_ found: String, at place: String) -> Problem {
    Problem(
      "cannot read the weights", at: place, expected: "a whole .caffemodel (caffe.proto, NetParameter)", found: found,
      advice: "fetch or copy the file again")
  }
}

extension CaffeModelFile {
  /// Writes tensors, named as they are read, in the order of the layers.
  /// - Throws: a ``Problem`` where the file cannot be written.
  static func write(_ tensors: [(name: String, tensor: Tensor)], network: String, to path: String) throws(Problem) {
    var layers: [(name: String, blobs: [Tensor])] = []
    for (name, tensor) in tensors {
      let layer = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
      if layers.last?.name != layer { layers.append((layer, [])) }
      layers[layers.count - 1].blobs.append(tensor)
    }
    try AtomicFile.write(to: path) { (file) throws(Problem) in
      func append(_ bytes: [UInt8]) throws(Problem) { try check(bytes.withUnsafeBytes { AtomicFile.append($0, to: file) }) }
      func check(_ code: Int32) throws(Problem) {
        if code != 0 { throw AtomicFile.failure("cannot write the weights", path, code: code) }
      }
      var head: [UInt8] = []
      head.append(field: 1, Array(network.utf8))
      try append(head)
      for layer in layers {
        var start: [UInt8] = []
        start.append(field: 1, Array(layer.name.utf8))
        start.append(field: 2, Array(kind(layer.blobs).utf8))
        let blobs = layer.blobs.map { (head: blobHead($0), tensor: $0) }
        let blobBytes = blobs.map { $0.head.count + 4 * $0.tensor.count }
        let keys = blobBytes.map { bytes in
          var key: [UInt8] = []
          key.append(varint: 7 << 3 | 2)
          key.append(varint: UInt64(bytes))
          return key
        }
        let length = start.count + zip(keys, blobBytes).reduce(0) { $0 + $1.0.count + $1.1 }
        var key: [UInt8] = []
        key.append(varint: 100 << 3 | 2)
        key.append(varint: UInt64(length))
        try append(key + start)
        for (key, blob) in zip(keys, blobs) {
          try append(key + blob.head)
          try check(AtomicFile.append(UnsafeRawBufferPointer(blob.tensor.elements), to: file))
        }
      }
    }
  }

  /// The layer's type in Caffe.
  private static func kind(_ blobs: [Tensor]) -> String {
    switch blobs[0].shape.count {
    case 4: "Convolution"
    case 2: "InnerProduct"
    default: blobs.count == 3 ? "BatchNorm" : "Scale"
    }
  }

  /// Everything of a blob but its floats, which come last.
  private static func blobHead(_ tensor: Tensor) -> [UInt8] {
    var dimensions: [UInt8] = []
    for side in tensor.shape { dimensions.append(varint: UInt64(side)) }
    var shape: [UInt8] = []
    shape.append(field: 1, dimensions)
    var head: [UInt8] = []
    head.append(field: 7, shape)
    head.append(varint: 5 << 3 | 2)
    head.append(varint: UInt64(4 * tensor.count))
    return head
  }
}
