//! The lines of waiting tickets, one per shape, so that only heads need be compared.
//!
//! A shape is a class, the terms of the active step and a target wait. Within a shape the order
//! never changes with time: it is that of the tickets' origins.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::base::time::Moment;
use crate::routing::decide::{CallRank, Precedence};
use crate::routing::muster::Ahead;
use crate::routing::need::Terms;
use crate::routing::roster::{Filter, Roster, Row, TicketSlot};
use crate::routing::ticket::{Class, Origin, Waiter};

/// The number of a shape within its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ShapeIndex(usize);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ShapeKey {
    class: Class,
    target: Duration,
    terms: Arc<Terms>,
}

/// One ticket in line; the order of the fields is the order in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InLine {
    precedence: Precedence,
    origin: Origin,
    sequence: u64,
    pub(super) ticket: TicketSlot,
}

/// Tickets that differ in nothing but their age.
#[derive(Debug)]
pub(super) struct Shape {
    key: ShapeKey,
    pub(super) filter: Filter,
    pub(super) line: VecDeque<InLine>,
    /// The agents on duty who are accepted, as of `staff_version`.
    staff: Vec<u64>,
    staff_version: u64,
}

impl Shape {
    /// How a ticket of this shape ranks at `now`.
    pub(super) fn rank(&self, place: &InLine, now: Moment) -> CallRank {
        CallRank {
            class: self.key.class,
            precedence: place.precedence,
            wait: place.origin.wait(now),
            target: self.key.target,
            origin: place.origin,
            sequence: place.sequence,
        }
    }

    fn shares_staff(&self, other: &Self) -> bool {
        self.staff.iter().zip(&other.staff).any(|(mine, theirs)| mine & theirs != 0)
    }
}

/// All lines of one group.
#[derive(Debug, Default)]
pub(super) struct Lines {
    by_key: BTreeMap<ShapeKey, ShapeIndex>,
    shapes: Vec<Option<Shape>>,
    free: Vec<ShapeIndex>,
}

impl Lines {
    /// Puts a ticket in its place, which is the same however often it is taken out and put back.
    pub(super) fn join(
        &mut self,
        roster: &Roster,
        ticket: TicketSlot,
        waiter: &Waiter,
    ) -> ShapeIndex {
        let key = ShapeKey {
            class: waiter.entry.class,
            target: waiter.entry.target_wait,
            terms: Arc::clone(waiter.entry.need.terms(waiter.step)),
        };
        let index = match self.by_key.get(&key) {
            Some(index) => *index,
            None => self.add_shape(roster, key),
        };
        let place = place_of(ticket, waiter);
        let line = &mut self.shape_mut(index).line;
        let at = line.partition_point(|other| *other < place);
        line.insert(at, place);
        index
    }

    /// Takes a ticket out of its line.
    pub(super) fn quit(&mut self, index: ShapeIndex, ticket: TicketSlot, waiter: &Waiter) {
        let place = place_of(ticket, waiter);
        let shape = self.shape_mut(index);
        if let Ok(at) = shape.line.binary_search(&place) {
            shape.line.remove(at);
        }
        if shape.line.is_empty() {
            let gone = self.shapes.get_mut(index.0).and_then(Option::take);
            let gone = gone.expect("a shape with a ticket in it");
            self.by_key.remove(&gone.key);
            self.free.push(index);
        }
    }

    /// Every shape that somebody waits in.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.iter().flatten()
    }

    /// One shape.
    pub(super) fn shape(&self, index: ShapeIndex) -> &Shape {
        self.shapes.get(index.0).and_then(Option::as_ref).expect("a shape with a ticket in it")
    }

    /// Reads all terms again, after agents brought skills that were unknown before.
    pub(super) fn refilter(&mut self, roster: &Roster) {
        for shape in self.shapes.iter_mut().flatten() {
            shape.filter = roster.filter(&shape.key.terms);
        }
    }

    /// Who stands before the ticket among those who compete for the same agents, and how many
    /// agents on duty its step accepts.
    pub(super) fn ahead(
        &mut self,
        roster: &Roster,
        staff_version: u64,
        (index, ticket, waiter): (ShapeIndex, TicketSlot, &Waiter),
        now: Moment,
    ) -> (Ahead, u32) {
        for shape in self.shapes.iter_mut().flatten() {
            if shape.staff_version != staff_version {
                shape.staff = staff_of(roster, &shape.filter);
                shape.staff_version = staff_version;
            }
        }
        let own = self.shape(index);
        let rank = own.rank(&place_of(ticket, waiter), now);
        let mut ahead = Ahead::default();
        for shape in self.iter() {
            if !shape.shares_staff(own) && shape.key != own.key {
                continue;
            }
            let before = shape.line.partition_point(|other| shape.rank(other, now) < rank);
            let of = match shape.key.class < own.key.class {
                true => &mut ahead.pressing,
                false => &mut ahead.alike,
            };
            *of = of.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        }
        let staff = own.staff.iter().map(|word| word.count_ones()).sum();
        (ahead, staff)
    }

    fn add_shape(&mut self, roster: &Roster, key: ShapeKey) -> ShapeIndex {
        let filter = roster.filter(&key.terms);
        let shape = Shape {
            key: key.clone(),
            filter,
            line: VecDeque::new(),
            staff: Vec::new(),
            staff_version: 0,
        };
        let index = self.free.pop().unwrap_or_else(|| {
            self.shapes.push(None);
            ShapeIndex(self.shapes.len() - 1)
        });
        let room = self.shapes.get_mut(index.0).expect("a number that was dealt out");
        *room = Some(shape);
        self.by_key.insert(key, index);
        index
    }

    fn shape_mut(&mut self, index: ShapeIndex) -> &mut Shape {
        let shape = self.shapes.get_mut(index.0).and_then(Option::as_mut);
        shape.expect("a shape with a ticket in it")
    }
}

fn place_of(ticket: TicketSlot, waiter: &Waiter) -> InLine {
    InLine {
        precedence: waiter.precedence(),
        origin: waiter.origin,
        sequence: waiter.sequence,
        ticket,
    }
}

fn staff_of(roster: &Roster, filter: &Filter) -> Vec<u64> {
    let word = |word| roster.eligible(Row::OnDuty, filter, word);
    (0..roster.words_per_row()).map(word).collect()
}
