//! The sentences in Arabic.

use crate::record::why::say::{Context, millis, parts, percent};
use crate::routing::{
    Able, Ahead, Asks, Candidates, Crowd, Demand, Departure, Duty, Fact, Hindrance, Lacking,
    Muster, Occasion, Overflow, Place, Settlement, Terms, Widening,
};

/// A noun as it stands after numbers.
struct Noun {
    one: &'static str,
    two: &'static str,
    /// After 3 to 10.
    few: &'static str,
    /// After 11 to 99.
    many: &'static str,
    /// After hundreds.
    other: &'static str,
}

const AGENT: Noun =
    Noun {
        one: "موظف واحد", two: "موظفان", few: "موظفين", many: "موظفًا", other: "موظف"
    };
const CALLER: Noun =
    Noun {
        one: "متصل واحد", two: "متصلان", few: "متصلين", many: "متصلًا", other: "متصل"
    };
const EVENT: Noun =
    Noun {
        one: "حدث واحد", two: "حدثان", few: "أحداث", many: "حدثًا", other: "حدث"
    };

/// One event; empty when it needs no words.
pub(super) fn sentence(fact: &Fact, context: Context<'_>) -> String {
    match fact {
        Fact::Entered { queue, entity, class, .. } => {
            let class = match class.get() {
                0 => "0 (طارئ)",
                1 => "1 (عاجل)",
                2 => "2 (عادي)",
                _ => "3 (مؤجل)",
            };
            let entity = entity.as_ref().map(|of| format!(" للجهة «{of}»")).unwrap_or_default();
            format!("دخل قائمة الانتظار «{queue}»{entity} بالفئة {class}.")
        }
        Fact::Asked { asks, .. } => asked(asks),
        Fact::Mustered { muster, .. } => mustered(muster, context),
        Fact::Widened { step, why, .. } => widened(*step, *why, context),
        Fact::Offered { agent, step, band, occupancy_ppm, candidates, routing_wait_ms, .. } => {
            let of = match candidates {
                Candidates::Agents(0 | 1) => String::new(),
                Candidates::Agents(more) => format!("، وهو الأنسب من بين {more} متاحين"),
                Candidates::Calls(0 | 1) => " حين تفرغ موظف".to_owned(),
                Candidates::Calls(more) => {
                    format!(" حين تفرغ موظف، والمكالمة أكثر إلحاحًا من سائر أوائل الصفوف ({more})")
                }
            };
            format!(
                "عُرض على {agent} بعد انتظار محسوب قدره {}{of}: الخطوة {}، قيمة المهارات {}، \
                 نسبة الانشغال في آخر نصف ساعة {}٪.",
                span(*routing_wait_ms),
                step + 1,
                band.0,
                percent(*occupancy_ppm)
            )
        }
        Fact::OfferSettled { agent, result, after_ms, .. } => {
            settled(agent.as_str(), *result, &span(*after_ms))
        }
        Fact::Connected { agent, waited_ms, target_ms, promised, .. } => {
            let told =
                promised.map(|told| format!("؛ وكان قد أُبلغ بنحو {}", span(millis(told.p50))));
            let kept = if waited_ms <= target_ms { "ضمن" } else { "بعد تجاوز" };
            let (waited, target) = (span(*waited_ms), span(*target_ms));
            let told = told.unwrap_or_default();
            format!("وُصل بـ {agent} بعد {waited}، {kept} الزمن المستهدف وهو {target}{told}.")
        }
        Fact::Left { why, waited_ms, .. } => left(*why, &span(*waited_ms), context.position),
        Fact::Overflowed { outcome, waited_ms, .. } => overflowed(*outcome, &span(*waited_ms)),
        Fact::DutyChanged { .. } | Fact::Breached { .. } => String::new(),
    }
}

/// Events that are not listed.
pub(super) fn unlisted(count: u32) -> String {
    format!("لم يُدرج {}.", counted(count, &EVENT))
}

fn overflowed(outcome: Overflow, waited: &str) -> String {
    match outcome {
        Overflow::Full => "لم يُقبل: القائمة ممتلئة. تابع المسار عند `queue.full`.".to_owned(),
        Overflow::NoAgents => "لم يُقبل: لا يستطيع أحد من المناوبين أخذ المكالمة أصلًا. تابع \
                               المسار عند `queue.no_agents`."
            .to_owned(),
        Overflow::Timeout => {
            format!("انتهت أطول مدة انتظار بعد {waited}. تابع المسار عند `queue.timeout`.")
        }
    }
}

fn asked(asks: &Asks) -> String {
    let steps = asks.need.steps().iter().map(|step| match millis(step.after) {
        0 => terms(&step.terms),
        after => format!("وبعد {}: {}", span(after), terms(&step.terms)),
    });
    let steps: Vec<String> = steps.collect();
    let (target, longest) = (span(asks.target_ms), span(asks.max_wait_ms));
    let steps = steps.join("؛ ");
    let mut text =
        format!("المطلوب: {steps}. الزمن المستهدف {target}، وأطول مدة انتظار {longest}.");
    match asks.place {
        Place::Joining => {}
        Place::Carried(age) => {
            text += &format!(" يُحسب له انتظار سابق قدره {}.", span(millis(age)));
        }
        Place::CallBack(age) => {
            let age = span(millis(age));
            text += &format!(" هي معاودة اتصال احتفظت بدورها: يُحسب لها انتظار قدره {age}.");
        }
        Place::Head => {
            text += " انقطع موظفه أثناء المكالمة، فيتقدم على كل من في فئته.";
        }
    }
    if let Some(prefer) = &asks.prefer {
        let (agent, window) = (&prefer.agent, span(millis(prefer.window)));
        text += &format!(" لمدة {window} لا يُسأل غير {agent} ما دام مناوبًا.");
    }
    text
}

fn mustered(muster: &Muster, context: Context<'_>) -> String {
    let lead = match muster.occasion {
        Occasion::Entered => "لم يستطع أحد أخذ المكالمة فورًا.",
        Occasion::Widened => "لم يستطع أحد ممن تقبلهم هذه الخطوة أخذ المكالمة فورًا.",
        Occasion::Returned => "احتفظ بدوره، ولم يستطع أحد غيره أخذ المكالمة فورًا.",
        Occasion::Unreserved => "صار بإمكان غيره أخذ المكالمة، ولم يستطع أحد ذلك فورًا.",
        Occasion::TurnedAway => "عند الدخول:",
        Occasion::TimedOut => "عند النهاية:",
    };
    let mut said = vec![lead.to_owned()];
    if let (Occasion::TurnedAway, Some(asks)) = (muster.occasion, context.asks) {
        said.push(room(muster, asks));
    }
    said.push(match muster.on_duty {
        0 => "لم يكن أحد مناوبًا.".to_owned(),
        count => format!("عدد المناوبين: {}.", counted(count, &AGENT)),
    });
    said.push(able(&muster.able, muster.able_more));
    said.extend(muster.lacking.iter().map(lacking));
    said.extend(muster.ahead.map(ahead));
    said.retain(|sentence| !sentence.is_empty());
    said.join(" ")
}

fn room(muster: &Muster, asks: &Asks) -> String {
    let cap = asks.cap.map(|cap| format!("والحد الأقصى {cap}"));
    let ratio = asks.waiting_per_agent.map(|of| format!("والحد الأقصى {of} لكل موظف"));
    let room: Vec<String> = cap.into_iter().chain(ratio).collect();
    let waiting = match muster.waiting {
        0 => "لا أحد".to_owned(),
        count => counted(count, &CALLER),
    };
    match room.is_empty() {
        true => format!("في الانتظار: {waiting}."),
        false => format!("في الانتظار: {waiting}، {}.", room.join("، ")),
    }
}

fn able(able: &[Able], more: u32) -> String {
    let total: u32 = able.iter().map(|of| of.who.count).sum::<u32>().saturating_add(more);
    if total == 0 {
        return "لا أحد من الموظفين لديه المطلوب.".to_owned();
    }
    let mut groups: Vec<String> = able
        .iter()
        .map(|of| format!("{} {}{}", hindrance(of.by), of.who.count, names(&of.who)))
        .collect();
    if 0 < more {
        groups.push(format!("ولم يُنظر في كل واحد من {more} آخرين"));
    }
    format!("لديه المطلوب: {} — {}.", counted(total, &AGENT), groups.join("، "))
}

const fn hindrance(by: Hindrance) -> &'static str {
    match by {
        Hindrance::Duty(duty) => match duty {
            Duty::Offline => "غير مسجل الدخول:",
            Duty::Available => "متاح:",
            Duty::Reserved | Duty::Ringing => "يرن هاتفه لمتصل آخر:",
            Duty::Talking => "في مكالمة:",
            Duty::Held => "في مكالمة معلقة:",
            Duty::WrapUp => "في عمل ما بعد المكالمة:",
            Duty::Away => "في استراحة:",
            Duty::Missed => "أُوقف بعد مكالمات لم يجب عليها:",
        },
        Hindrance::CoolingDown => "في مهلة قصيرة بعد عرض لم يتم:",
        Hindrance::Refused => "متاح لكنه لم يأخذ هذه المكالمة من قبل:",
        Hindrance::KeptForAnother => "متاح لكن المكالمة محفوظة للموظف المفضل:",
    }
}

fn lacking(of: &Lacking) -> String {
    let demands: Vec<String> = of.demands.iter().map(demand).collect();
    let demands = demands.join(" أو ");
    let lower = match of.lower {
        0 => String::new(),
        some => format!("، منهم بمستوى أدنى: {some}"),
    };
    let agents = counted(of.who.count, &AGENT);
    format!("من المناوبين تنقصه {demands}: {agents}{lower}{}.", names(&of.who))
}

fn ahead(ahead: Ahead) -> String {
    let total = ahead.pressing.saturating_add(ahead.alike);
    match (total, ahead.pressing) {
        (0, _) => "كان التالي في الدور.".to_owned(),
        (total, 0) => format!("قبله في الدور: {}.", counted(total, &CALLER)),
        (total, pressing) => {
            format!("قبله في الدور: {}، منهم أكثر إلحاحًا: {pressing}.", counted(total, &CALLER))
        }
    }
}

fn widened(step: usize, why: Widening, context: Context<'_>) -> String {
    let steps = context.steps();
    let terms = context.terms(step).map(|of| format!(": {}", terms(of))).unwrap_or_default();
    let number = step + 1;
    match why {
        Widening::Clock => format!("بدأت الخطوة {number} من {steps}{terms}."),
        Widening::NobodyOnDuty => format!(
            "لا أحد من المناوبين تقبله الخطوة السابقة، فبدأت الخطوة {number} من {steps} \
             فورًا{terms}."
        ),
    }
}

fn settled(agent: &str, result: Settlement, after: &str) -> String {
    match result {
        Settlement::Accepted => format!("قبِل {agent} بعد {after}."),
        Settlement::Missed => format!("لم يُجب {agent} خلال {after}."),
        Settlement::Rejected => format!("رفض {agent} بعد {after}."),
        Settlement::Unreachable => format!("تعذر الوصول إلى {agent}: انقطع مكتبه أو هاتفه."),
        Settlement::CallerGone => format!("سُحب العرض من {agent} بعد {after}: غادر المتصل."),
        Settlement::TimedOut => {
            format!("سُحب العرض من {agent} بعد {after}: انتهت أطول مدة انتظار.")
        }
        Settlement::AgentGone => {
            format!("سُحب العرض من {agent} بعد {after}: لم يعد من الموظفين.")
        }
        Settlement::Swept => {
            format!("سُحب العرض من {agent} بعد {after}: تجاوز مهلته، وهذا خلل في النظام.")
        }
    }
}

fn left(why: Departure, waited: &str, position: Option<u32>) -> String {
    let place = match position {
        None => String::new(),
        Some(1) => "، وكان التالي في الدور".to_owned(),
        Some(position) => format!("، ورقمه في الدور {position}"),
    };
    match why {
        Departure::CallerLeft => format!("أنهى المتصل المكالمة بعد {waited}{place}."),
        Departure::Exit => format!("أُخرج من قائمة الانتظار بعد {waited}{place}: تابع المسار."),
        Departure::Callback => {
            format!("طلب المتصل معاودة الاتصال به بعد {waited}{place}؛ ودوره محفوظ.")
        }
    }
}

fn terms(terms: &Terms) -> String {
    let mut all: Vec<String> = terms.all.iter().map(demand).collect();
    if !terms.any.is_empty() {
        let any: Vec<String> = terms.any.iter().map(demand).collect();
        all.push(format!("واحدة من ({})", any.join("، ")));
    }
    if all.is_empty() { "أي موظف".to_owned() } else { all.join(" و") }
}

fn demand(demand: &Demand) -> String {
    match demand.level.get() {
        1 => format!("«{}»", demand.skill),
        level => format!("«{}» بمستوى {level} فأعلى", demand.skill),
    }
}

fn names(who: &Crowd) -> String {
    let names: Vec<&str> = who.names.iter().map(|agent| agent.as_str()).collect();
    let more = who.count.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
    match (names.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({})", names.join("، ")),
        (false, more) => format!(" ({} و{more} غيرهم)", names.join("، ")),
    }
}

fn counted(number: u32, noun: &Noun) -> String {
    match (number, number % 100) {
        (1, _) => noun.one.to_owned(),
        (2, _) => noun.two.to_owned(),
        (_, 3..=10) => format!("{number} {}", noun.few),
        (_, 11..=99) => format!("{number} {}", noun.many),
        (_, _) => format!("{number} {}", noun.other),
    }
}

fn span(millis: u64) -> String {
    match parts(millis) {
        (0, 0, seconds) => format!("{seconds} ث"),
        (0, minutes, 0) => format!("{minutes} د"),
        (0, minutes, seconds) => format!("{minutes} د و{seconds} ث"),
        (hours, 0, _) => format!("{hours} س"),
        (hours, minutes, _) => format!("{hours} س و{minutes} د"),
    }
}
