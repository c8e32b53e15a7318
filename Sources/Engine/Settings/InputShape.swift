/// The shape of one input of a network.
public typealias InputShape = (height: Int, width: Int, channels: Int)
