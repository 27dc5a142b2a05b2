//! Where the boxes of one flow stand and how the ways run between them: in layers, from the top.
//!
//! Ways that lead back are turned round, every box gets a layer below all that lead to it, ways
//! that cross layers get a point in each, the layers are sorted so that few ways cross, and the
//! boxes are moved towards what they are connected to. A label is a box in the layer between.

mod order;
mod place;
mod rank;

pub(super) use place::{Plan, plan};

/// A size or a place, in the unit of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    /// To the right, or how wide.
    pub(super) x: f64,
    /// Downwards, or how high.
    pub(super) y: f64,
}

/// A way between two boxes, with the size of its label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// The box that it leaves.
    pub(super) from: usize,
    /// The box that it comes to.
    pub(super) to: usize,
    /// How much room its label takes; nothing without one.
    pub(super) label: Point,
}

/// A box, or a point of a way, in its layer.
#[derive(Debug, Clone, Default)]
struct Vertex {
    size: Point,
    rank: usize,
    above: Vec<usize>,
    below: Vec<usize>,
}

/// An element that is known to be there.
fn at<T>(of: &[T], index: usize) -> &T {
    of.get(index).expect("indices are made with what they point into")
}

fn at_mut<T>(of: &mut [T], index: usize) -> &mut T {
    of.get_mut(index).expect("indices are made with what they point into")
}
