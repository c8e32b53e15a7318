import Basics
import Files
import Kernels
import Networks

/// Weights as Caffe itself keeps them: a `.caffemodel` is the protocol-buffer message `NetParameter` of caffe.proto.
///
/// Fields: `NetParameter` 100 layers (2 in files of before 2014); a layer 1 name, 7 blobs (4 and 6 in the old ones; the oldest have all
/// in a message 1); a blob 7 shape (1 dimensions) or 1 to 4 its four sides, 5 floats or 8 doubles, and in NVCaffe's files 12 bytes of
/// the type 10. The first blob of a layer is its weight, the second its bias; they are named `<layer>.weight` and `<layer>.bias` here,
/// a third one (of batch normalisation) `<layer>.2`.
package struct CaffeModelFile: WeightFile {
  package let path: String
  package let metadata: [String: String] = [:]
  private let file: MappedFile
  private var blobs: [String: Blob] = [:]

  private struct Blob {
    var shape: [Int]
    var format: FloatFormat
    var numbers: UnsafeRawBufferPointer
  }

  static let nothing = "no layer with weights"

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
    guard !fields.isMalformed, !blobs.isEmpty else { throw damage(Self.nothing, at: path) }
  }

  package func shape(of name: String) -> [Int]? { blobs[name]?.shape }
  package func format(of name: String) -> FloatFormat? { blobs[name]?.format }

  package func read(_ name: String, into tensor: Tensor) throws(Problem) {
    guard let blob = blobs[name], blob.shape == tensor.shape else {
      throw Problem(
        "cannot read the weights", at: "\(path): \(name)", expected: describe(tensor.shape),
        found: blobs[name].map { describe($0.shape) } ?? "none of that name", kind: .data)
    }
    guard let tooLarge = blob.format.read(blob.numbers, into: tensor.elements) else { return }
    throw Problem(
      "the weights do not fit single precision", at: "\(path): \(name)", expected: "numbers up to 3.4e38",
      found: "\(tooLarge.value) at index \(tooLarge.first)",
      advice: "the training that wrote them diverged: take weights of an earlier step", kind: .data)
  }

  private mutating func take(_ layer: UnsafeRawBufferPointer, name nameField: UInt64, blobs blobField: UInt64) throws(Problem) {
    var name = ""
    var found: [UnsafeRawBufferPointer] = []
    var oldest: UnsafeRawBufferPointer?
    var fields = ProtobufFields(layer)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (nameField, .bytes(let text)): name = String(decoding: text, as: UTF8.self)
      case (blobField, .bytes(let blob)): found.append(blob)
      case (1, .bytes(let message)) where nameField == 4: oldest = message
      default: break
      }
    }
    guard !fields.isMalformed else { throw damage("a layer that is cut short", at: "\(path): \(name)") }
    if let oldest, name.isEmpty, found.isEmpty {
      var fields = ProtobufFields(oldest)
      while let field = fields.next() {
        if case (1, .bytes(let text)) = (field.number, field.value) { name = String(decoding: text, as: UTF8.self) }
      }
      throw Problem(
        "cannot read the weights", at: path, expected: "a .caffemodel of 2014 or later (layers of V1 or V2)",
        found: "layers of V0, the first \(name)",
        advice: "Caffe's own tool upgrades it: upgrade_net_proto_binary \(ShellCommand.quoted(path)) NEW.caffemodel", kind: .data)
    }
    for (index, blob) in found.enumerated() {
      let part = index == 0 ? "weight" : index == 1 ? "bias" : "\(index)"
      blobs["\(name).\(part)"] = try parse(blob, "\(path): \(name).\(part)")
    }
  }

  private func parse(_ message: UnsafeRawBufferPointer, _ place: String) throws(Problem) -> Blob {
    var sides = [Int](repeating: 0, count: 4)
    var shape: [Int]?
    var (format, numbers) = (FloatFormat.single, UnsafeRawBufferPointer(start: nil, count: 0))
    var raw: (type: UInt64, bytes: UnsafeRawBufferPointer?) = (0, nil)
    var fields = ProtobufFields(message)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (1...4, .varint(let side)): sides[Int(field.number) - 1] = Int(clamping: side)
      case (5, .bytes(let packed)) where !packed.isEmpty: (format, numbers) = (.single, packed)
      case (8, .bytes(let packed)) where !packed.isEmpty: (format, numbers) = (.double, packed)
      case (7, .bytes(let dimensions)): shape = Self.dimensions(dimensions)
      case (10, .varint(let type)): raw.type = type
      case (12, .bytes(let bytes)): raw.bytes = bytes
      default: break
      }
    }
    if let bytes = raw.bytes {
      guard raw.type < 3 else {
        throw damage("NVCaffe's raw_data of type \(raw.type), no floats", at: place, advice: "save it as floats with NVCaffe")
      }
      (format, numbers) = ([.double, .single, .half][Int(raw.type)], bytes)
    }
    // What has fewer than four sides was written with ones in front.
    var sought = shape ?? Array(sides.drop { $0 == 1 })
    if sought.isEmpty { sought = [1] }
    var count = 1
    for side in sought {
      let (product, overflows) = count.multipliedReportingOverflow(by: side)
      guard side > 0, !overflows else { throw damage("a shape of \(describe(sought))", at: place) }
      count = product
    }
    guard !fields.isMalformed, numbers.count % format.bytes == 0, numbers.count / format.bytes == count else {
      throw damage("\(numbers.count / format.bytes) numbers that do not fill \(describe(sought))", at: place)
    }
    return Blob(shape: sought, format: format, numbers: numbers)
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

  private func damage(_ found: String, at place: String, advice: String = "fetch or copy the file again") -> Problem {
    Problem(
      "cannot read the weights", at: place, expected: "a whole .caffemodel (caffe.proto, NetParameter)", found: found, advice: advice, kind: .data)
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
