//! `case`: the citizen's matter in the store.

use crate::base::id::EntityId;
use crate::base::limit::ERRAND_PATIENCE;
use crate::base::time::Moment;
use crate::flow::model::{Case, CaseAct, CaseField, CaseOpening};
use crate::flow::outcome::{CASE_NOT_FOUND, ERROR_CASE};
use crate::flow::run::{CaseAnswer, CaseFault, CaseOrder, Errand, NewCase, Run, Turn};

pub(super) fn begin(run: &mut Run, now: Moment, case: &Case) -> Result<Turn, &'static str> {
    let order = match &case.act {
        CaseAct::Open(opening) => CaseOrder::Open(new_case(run, now, opening)?),
        CaseAct::Add { number, text } => {
            CaseOrder::Add { number: run.text(now, number)?, text: run.text(now, text)? }
        }
        CaseAct::Close { number, text } => {
            CaseOrder::Close { number: run.text(now, number)?, text: run.text(now, text)? }
        }
        // Whoever talked with an agent was not served alone, and without a case nothing is to do.
        CaseAct::CloseIfSelfServed if run.has_talked() || run.case().is_empty() => {
            return Ok(Turn::Next);
        }
        CaseAct::CloseIfSelfServed => {
            CaseOrder::CloseIfSelfServed { number: run.case().to_owned() }
        }
        CaseAct::Survey { question, answer } => CaseOrder::Survey {
            number: run.case().to_owned(),
            question: question.clone(),
            answer: run.text(now, answer)?,
            entity: run.entity(),
        },
        CaseAct::Find { number } => CaseOrder::Find { number: run.text(now, number)? },
    };
    Ok(run.send(now, Errand::Case(order), ERRAND_PATIENCE))
}

/// What a new case begins with, in this call.
pub(super) fn new_case(
    run: &mut Run,
    now: Moment,
    opening: &CaseOpening,
) -> Result<NewCase, &'static str> {
    let entity = EntityId::from(run.text(now, &opening.entity)?.as_str());
    let entity = run.world.bundle().entities.contains_key(&entity).then_some(entity);
    let department = run.text(now, &opening.department)?;
    Ok(NewCase {
        entity: entity.or_else(|| run.entity()),
        department: Some(department).filter(|department| !department.is_empty()),
        kind: opening.kind,
        reference: run.text(now, &opening.reference)?,
        text: run.text(now, &opening.text)?,
        language: run.language(),
    })
}

/// The store's answer.
pub(super) fn ended(
    run: &mut Run,
    case: &Case,
    answer: Result<CaseAnswer, CaseFault>,
) -> Result<Turn, &'static str> {
    let answer = answer.map_err(|fault| {
        run.failed(fault.to_string());
        let names_one =
            matches!(case.act, CaseAct::Add { .. } | CaseAct::Close { .. } | CaseAct::Find { .. });
        if fault == CaseFault::NotFound && names_one { CASE_NOT_FOUND } else { ERROR_CASE }
    })?;
    for save in &case.save {
        let value = match save.field {
            CaseField::Number => &answer.number,
            CaseField::State => &answer.state,
            CaseField::Entity => &answer.entity,
        };
        run.store(&save.variable, value.as_str().into())?;
    }
    Ok(Turn::Next)
}
