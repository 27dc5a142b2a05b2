//! The order of each layer from left to right, with few ways crossing.

use super::{Vertex, at, at_mut};

/// Sweeps up and down; more of them rarely find a better order.
const SWEEPS: usize = 16;

/// Which side of a layer is held still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

/// The vertices of each layer, from left to right.
pub(super) fn layers(vertices: &[Vertex]) -> Vec<Vec<usize>> {
    let depth = vertices.iter().map(|vertex| vertex.rank + 1).max().unwrap_or(0);
    let mut layers = vec![Vec::new(); depth];
    for (index, vertex) in vertices.iter().enumerate() {
        at_mut(&mut layers, vertex.rank).push(index);
    }
    let mut places = places(vertices.len(), &layers);
    let mut best = (crossings(vertices, &layers, &places), layers.clone());
    for sweep in 0..SWEEPS {
        let side = if sweep % 2 == 0 { Side::Above } else { Side::Below };
        for step in 0..depth {
            let rank = if side == Side::Above { step } else { depth - 1 - step };
            sort(vertices, at_mut(&mut layers, rank), &mut places, side);
        }
        let crossed = crossings(vertices, &layers, &places);
        if crossed < best.0 {
            best = (crossed, layers.clone());
        }
    }
    best.1
}

/// Sorts a layer by the mean place of what each vertex is connected to on one side.
fn sort(vertices: &[Vertex], layer: &mut Vec<usize>, places: &mut [f64], side: Side) {
    let mut wanted: Vec<(f64, usize)> = layer
        .iter()
        .map(|&index| {
            let vertex = at(vertices, index);
            let others = if side == Side::Above { &vertex.above } else { &vertex.below };
            let sum: f64 = others.iter().map(|&other| *at(places, other)).sum();
            #[expect(clippy::cast_precision_loss, reason = "a layer has few vertices")]
            let count = others.len() as f64;
            let place = if others.is_empty() { *at(places, index) } else { sum / count };
            (place, index)
        })
        .collect();
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    *layer = wanted.into_iter().map(|(_, index)| index).collect();
    spread(layer, places);
}

/// Where each vertex stands in its layer, as a share of it.
fn places(vertices: usize, layers: &[Vec<usize>]) -> Vec<f64> {
    let mut places = vec![0.0; vertices];
    for layer in layers {
        spread(layer, &mut places);
    }
    places
}

fn spread(layer: &[usize], places: &mut [f64]) {
    for (place, &index) in layer.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a layer has few vertices")]
        let share = (place as f64 + 0.5) / layer.len() as f64;
        *at_mut(places, index) = share;
    }
}

fn crossings(vertices: &[Vertex], layers: &[Vec<usize>], places: &[f64]) -> usize {
    let crossed = |layer: &Vec<usize>| {
        let ways: Vec<(f64, f64)> = layer
            .iter()
            .flat_map(|&from| at(vertices, from).below.iter().map(move |&to| (from, to)))
            .map(|(from, to)| (*at(places, from), *at(places, to)))
            .collect();
        let pairs = ways
            .iter()
            .enumerate()
            .flat_map(|(index, one)| ways.iter().skip(index + 1).map(move |other| (one, other)));
        pairs.filter(|(one, other)| (one.0 - other.0) * (one.1 - other.1) < 0.0).count()
    };
    layers.iter().map(crossed).sum()
}
