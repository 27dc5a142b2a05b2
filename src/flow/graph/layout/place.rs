//! From layers to places.

use super::rank::{Turn, ranks, turns};
use super::{Line, Point, Vertex, at, at_mut, order};

/// Between two boxes of a layer.
const GAP: f64 = 18.0;
/// Between two points of ways.
const GAP_OF_WAYS: f64 = 14.0;
/// Between two layers.
const LAYER_GAP: f64 = 13.0;
/// Passes over the layers that move boxes towards what they are connected to.
const PASSES: usize = 40;

/// A drawing without its ink.
#[derive(Debug, Clone)]
pub(in crate::flow::graph) struct Plan {
    /// The middle of each box.
    pub(in crate::flow::graph) boxes: Vec<Point>,
    /// The points of each way, from the box that it leaves to the one that it comes to. A way
    /// from a box to itself has none.
    pub(in crate::flow::graph) ways: Vec<Vec<Point>>,
    /// The middle of each way's label.
    pub(in crate::flow::graph) labels: Vec<Option<Point>>,
    /// How wide and how high all of it is.
    pub(in crate::flow::graph) size: Point,
}

/// Plans a drawing.
pub(in crate::flow::graph) fn plan(boxes: &[Point], lines: &[Line]) -> Plan {
    let turns = turns(boxes.len(), lines);
    let downward: Vec<(usize, usize)> = lines
        .iter()
        .zip(&turns)
        .filter_map(|(line, turn)| match turn {
            Turn::Down => Some((line.from, line.to)),
            Turn::Back => Some((line.to, line.from)),
            Turn::Round => None,
        })
        .collect();
    let ranks = ranks(boxes.len(), &downward);
    let mut vertices: Vec<Vertex> = boxes
        .iter()
        .zip(&ranks)
        // Every second layer is for labels.
        .map(|(&size, &rank)| Vertex { size, rank: 2 * rank, ..Vertex::default() })
        .collect();
    let chains: Vec<Vec<usize>> =
        lines.iter().zip(&turns).map(|(line, turn)| chain(&mut vertices, line, *turn)).collect();
    let layers = order::layers(&vertices);
    let places = places(&vertices, &layers);
    let size = Point {
        x: vertices
            .iter()
            .zip(&places)
            .map(|(one, place)| place.x + one.size.x / 2.0)
            .fold(0.0, f64::max),
        y: vertices
            .iter()
            .zip(&places)
            .map(|(one, place)| place.y + one.size.y / 2.0)
            .fold(0.0, f64::max),
    };
    let ways =
        chains.iter().zip(&turns).map(|(chain, turn)| route(&vertices, &places, chain, *turn));
    let labels = chains.iter().zip(lines).map(|(chain, line)| {
        let middle = labelled(chain, line, &vertices)?;
        Some(*at(&places, middle))
    });
    Plan {
        ways: ways.collect(),
        labels: labels.collect(),
        boxes: places.get(..boxes.len()).unwrap_or_default().to_vec(),
        size,
    }
}

/// Gives a way its points, one in each layer between its ends, and tells them from the top.
fn chain(vertices: &mut Vec<Vertex>, line: &Line, turn: Turn) -> Vec<usize> {
    let (top, bottom) = match turn {
        Turn::Down => (line.from, line.to),
        Turn::Back => (line.to, line.from),
        Turn::Round => return Vec::new(),
    };
    let (first, last) = (at(vertices, top).rank + 1, at(vertices, bottom).rank);
    let mut chain = vec![top];
    for rank in first..last {
        // The label stands next to the box that the way leaves.
        let is_labelled = if turn == Turn::Down { rank == first } else { rank == last - 1 };
        let size = if is_labelled { line.label } else { Point::default() };
        let index = vertices.len();
        vertices.push(Vertex { size, rank, ..Vertex::default() });
        link(vertices, *chain.last().expect("a chain has its top"), index);
        chain.push(index);
    }
    link(vertices, *chain.last().expect("a chain has its top"), bottom);
    chain.push(bottom);
    chain
}

fn link(vertices: &mut [Vertex], above: usize, below: usize) {
    at_mut(vertices, above).below.push(below);
    at_mut(vertices, below).above.push(above);
}

/// The point of a way that bears its label.
fn labelled(chain: &[usize], line: &Line, vertices: &[Vertex]) -> Option<usize> {
    let inner = chain.get(1..chain.len().checked_sub(1)?)?;
    let has_room = |index: &&usize| 0.0 < at(vertices, **index).size.x;
    (0.0 < line.label.x).then(|| inner.iter().find(has_room).copied()).flatten()
}

/// A way from the edge of one box to the edge of the other.
fn route(vertices: &[Vertex], places: &[Point], chain: &[usize], turn: Turn) -> Vec<Point> {
    let last = chain.len().saturating_sub(1);
    let mut points: Vec<Point> = chain
        .iter()
        .enumerate()
        .map(|(position, &index)| {
            let (place, half) = (*at(places, index), at(vertices, index).size.y / 2.0);
            match position {
                0 => Point { y: place.y + half, ..place },
                _ if position == last => Point { y: place.y - half, ..place },
                _ => place,
            }
        })
        .collect();
    if turn == Turn::Back {
        points.reverse();
    }
    points
}

fn places(vertices: &[Vertex], layers: &[Vec<usize>]) -> Vec<Point> {
    let mut places = vec![Point::default(); vertices.len()];
    let mut y = 0.0;
    for layer in layers {
        let heights = layer.iter().map(|&index| at(vertices, index).size.y);
        let height = heights.fold(0.0, f64::max);
        let mut x = 0.0;
        for &index in layer {
            let width = at(vertices, index).size.x;
            *at_mut(&mut places, index) = Point { x: x + width / 2.0, y: y + height / 2.0 };
            x += width + GAP;
        }
        y += height + LAYER_GAP;
    }
    for pass in 0..PASSES {
        for step in 0..layers.len() {
            let rank = if pass % 2 == 0 { step } else { layers.len() - 1 - step };
            settle(vertices, at::<Vec<usize>>(layers, rank), &mut places);
        }
    }
    let left = vertices.iter().zip(&places).map(|(one, place)| place.x - one.size.x / 2.0);
    let left = left.fold(f64::INFINITY, f64::min);
    for place in &mut places {
        place.x -= left;
    }
    places
}

/// Moves the vertices of a layer as near as may be to what they are connected to: of all places
/// that keep order and distance, those with the least squares of what is missed.
fn settle(vertices: &[Vertex], layer: &[usize], places: &mut [Point]) {
    // Without the room that is needed before it, each may stand anywhere but before the last one.
    let mut offset = 0.0;
    let mut before: Option<&Vertex> = None;
    let mut groups: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(layer.len());
    for &index in layer {
        let vertex = at(vertices, index);
        if let Some(before) = before {
            let bare = before.size.x == 0.0 || vertex.size.x == 0.0;
            let gap = if bare { GAP_OF_WAYS } else { GAP };
            offset += f64::midpoint(before.size.x, vertex.size.x) + gap;
        }
        before = Some(vertex);
        offsets.push(offset);
        let (wish, weight) = wish(vertices, index, places);
        groups.push(((wish - offset) * weight, weight, 1));
        while let [.., (sum, weight, _), (next, more, _)] = groups.as_slice() {
            if sum / weight <= next / more {
                break;
            }
            let (sum, weight, count) = groups.pop().expect("there are two");
            let last = groups.last_mut().expect("there are two");
            *last = (last.0 + sum, last.1 + weight, last.2 + count);
        }
    }
    let settled = groups.iter().flat_map(|(sum, weight, count)| vec![sum / weight; *count]);
    for ((&index, offset), place) in layer.iter().zip(offsets).zip(settled) {
        at_mut(places, index).x = place + offset;
    }
}

/// Where a vertex would stand, and how much it matters: long ways are kept straight.
fn wish(vertices: &[Vertex], index: usize, places: &[Point]) -> (f64, f64) {
    let vertex = at(vertices, index);
    let (mut sum, mut weight) = (0.0, 0.0);
    for &other in vertex.above.iter().chain(&vertex.below) {
        let share = match (is_point(vertex), is_point(at(vertices, other))) {
            (true, true) => 8.0,
            (true, false) | (false, true) => 2.0,
            (false, false) => 1.0,
        };
        sum += share * at(places, other).x;
        weight += share;
    }
    if weight == 0.0 { (at(places, index).x, 0.1) } else { (sum / weight, weight) }
}

/// Whether it is a point of a way; one with a label is as well.
fn is_point(vertex: &Vertex) -> bool {
    vertex.rank % 2 == 1 || vertex.size.y == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = Point { x: 100.0, y: 40.0 };

    #[test]
    fn what_is_led_to_stands_lower_and_nothing_overlaps() {
        let ways = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0), (3, 3), (0, 3), (4, 3)];
        let plan = draw(5, &ways);
        for (from, to) in [(0, 1), (0, 2), (1, 3), (2, 3), (4, 3)] {
            assert!(plan.boxes[from].y < plan.boxes[to].y, "{from} {to}");
        }
        for (index, one) in plan.boxes.iter().enumerate() {
            assert!(SIZE.x / 2.0 <= one.x + 0.01 && one.x + SIZE.x / 2.0 <= plan.size.x + 0.01);
            for other in &plan.boxes[index + 1..] {
                let apart = SIZE.x <= (one.x - other.x).abs() || SIZE.y <= (one.y - other.y).abs();
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_way_runs_from_its_box_to_its_box_even_when_it_leads_back() {
        let plan = draw(2, &[(0, 1), (1, 0)]);
        let way = &plan.ways[1];
        let (first, last) = (way.first().expect("points"), way.last().expect("points"));
        assert_eq!(first.y, plan.boxes[1].y - SIZE.y / 2.0);
        assert_eq!(last.y, plan.boxes[0].y + SIZE.y / 2.0);
        assert!(plan.labels.iter().all(Option::is_some));
    }

    #[test]
    fn a_long_chain_and_a_wide_fan_are_planned() {
        let long: Vec<_> = (0..999).map(|index| (index, index + 1)).collect();
        assert_eq!(draw(1_000, &long).boxes.len(), 1_000);
        let wide: Vec<_> = (1..60).map(|index| (0, index)).collect();
        assert_eq!(draw(60, &wide).ways.len(), 59);
        assert_eq!(draw(0, &[]).size, Point::default());
    }

    fn draw(boxes: usize, ways: &[(usize, usize)]) -> Plan {
        let label = Point { x: 20.0, y: 10.0 };
        let lines: Vec<Line> = ways.iter().map(|&(from, to)| Line { from, to, label }).collect();
        plan(&vec![SIZE; boxes], &lines)
    }
}
