//! Which layer each box stands in.

use std::collections::BTreeSet;

use super::{Line, at, at_mut};

/// Whether a way runs down through the layers, or was turned round to do so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Down,
    Back,
    /// From a box to itself.
    Round,
}

/// How each way runs: one that closes a circle leads back.
pub(super) fn turns(boxes: usize, lines: &[Line]) -> Vec<Turn> {
    let mut turns = vec![Turn::Down; lines.len()];
    let mut done = vec![false; boxes];
    for start in 0..boxes {
        if !*at(&done, start) {
            walk(start, lines, &mut turns, &mut done);
        }
    }
    turns
}

/// A walk in depth that keeps its own stack: a flow may be long.
fn walk(start: usize, lines: &[Line], turns: &mut [Turn], done: &mut [bool]) {
    let leaving = |from: usize| -> Vec<usize> {
        (0..lines.len()).filter(|&line| at(lines, line).from == from).collect()
    };
    let mut path = vec![(start, leaving(start).into_iter())];
    let mut open = BTreeSet::from([start]);
    *at_mut(done, start) = true;
    while let Some((here, ways)) = path.last_mut() {
        let here = *here;
        let Some(way) = ways.next() else {
            open.remove(&here);
            path.pop();
            continue;
        };
        let to = at(lines, way).to;
        if to == here {
            *at_mut(turns, way) = Turn::Round;
        } else if open.contains(&to) {
            *at_mut(turns, way) = Turn::Back;
        } else if !*at(done, to) {
            *at_mut(done, to) = true;
            open.insert(to);
            path.push((to, leaving(to).into_iter()));
        }
    }
}

/// The layer of each box: one below the lowest that leads to it.
pub(super) fn ranks(boxes: usize, downward: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0; boxes];
    let mut waiting = vec![0_usize; boxes];
    for &(_, to) in downward {
        *at_mut(&mut waiting, to) += 1;
    }
    let mut ready: Vec<usize> = (0..boxes).filter(|&index| *at(&waiting, index) == 0).collect();
    while let Some(from) = ready.pop() {
        let rank = *at(&ranks, from);
        for &(_, to) in downward.iter().filter(|(start, _)| *start == from) {
            let below = at_mut(&mut ranks, to);
            *below = (*below).max(rank + 1);
            let left = at_mut(&mut waiting, to);
            *left -= 1;
            if *left == 0 {
                ready.push(to);
            }
        }
    }
    ranks
}
