//! `case`: the store does it.

use crate::base::case_number::CaseNumber;
use crate::base::chance::Rng;
use crate::flow::run::{CaseAnswer, CaseFault, CaseOrder};
use crate::shell::store::{CaseRow, CaseStep, Doing, Store, StoreFault};

/// Does something to a case, or finds it.
pub(super) async fn run(
    store: &Store,
    doing: &Doing,
    order: CaseOrder,
    mut rng: Rng,
) -> Result<CaseAnswer, CaseFault> {
    match order {
        CaseOrder::Open(case) => {
            let number = store.open_case(doing, &case, &mut rng).await.map_err(failed)?;
            Ok(CaseAnswer {
                number: number.to_string(),
                state: "open".to_owned(),
                entity: case.entity.map(|entity| entity.to_string()).unwrap_or_default(),
            })
        }
        CaseOrder::Add { number, text } => {
            change(store, doing, &number, CaseStep::Add(&text)).await
        }
        CaseOrder::Close { number, text } => {
            change(store, doing, &number, CaseStep::Close(&text)).await
        }
        CaseOrder::CloseIfSelfServed { number } => {
            change(store, doing, &number, CaseStep::SelfServed).await
        }
        CaseOrder::Survey { number, question, answer, entity } => {
            let number = CaseNumber::parse(&number);
            let kept = store.keep_answer(doing, number, entity.as_ref(), &question, &answer).await;
            kept.map_err(failed)?;
            Ok(CaseAnswer::default())
        }
        CaseOrder::Find { number } => {
            let found = store.case(known(&number)?).await.map_err(failed)?;
            found.map(answer).ok_or(CaseFault::NotFound)
        }
    }
}

async fn change(
    store: &Store,
    doing: &Doing,
    number: &str,
    step: CaseStep<'_>,
) -> Result<CaseAnswer, CaseFault> {
    let changed = store.change_case(doing, known(number)?, step).await.map_err(failed)?;
    changed.map(answer).ok_or(CaseFault::NotFound)
}

fn known(number: &str) -> Result<CaseNumber, CaseFault> {
    CaseNumber::parse(number).ok_or(CaseFault::NotFound)
}

fn answer(row: CaseRow) -> CaseAnswer {
    CaseAnswer { number: row.number, state: row.state, entity: row.entity.unwrap_or_default() }
}

fn failed(fault: StoreFault) -> CaseFault {
    tracing::error!(%fault, "the store failed a case");
    CaseFault::Store(fault.to_string())
}
