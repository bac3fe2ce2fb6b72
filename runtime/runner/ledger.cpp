#include "runtime/runner/ledger.h"

#include <algorithm>

#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include "compiler/base/sha256.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

namespace json = llvm::json;

constexpr std::string_view kStepStates[] = {"planned", "intent", "applied", "undone"};
constexpr std::string_view kPlanStates[] = {"running", "paused", "switched",   "done",
                                            "undoing", "undone", "quarantined"};

StepState stepState(std::string_view name) {
  for (size_t i = 0; i < std::size(kStepStates); ++i) {
    if (kStepStates[i] == name) return static_cast<StepState>(i);
  }
  return StepState::planned;
}
PlanState planState(std::string_view name) {
  for (size_t i = 0; i < std::size(kPlanStates); ++i) {
    if (kPlanStates[i] == name) return static_cast<PlanState>(i);
  }
  return PlanState::quarantined;  // a word we do not know: a person must look
}

// Whether a plan in this state has steps in force, or is on its way back from them.
bool leadsOn(PlanState state) {
  switch (state) {
    case PlanState::switched:
    case PlanState::done:
    case PlanState::undoing:
    case PlanState::undone: return true;
    case PlanState::running:
    case PlanState::paused:
    case PlanState::quarantined: return false;
  }
  return true;
}

// What the hash of an event covers. A JSON list, so that no two different events have one text.
std::string canonical(const Event& e) {
  auto text = [](const std::string& s) {
    return json::Value(json::isUTF8(s) ? s : json::fixUTF8(s));
  };
  return llvm::formatv("{0}", json::Value(json::Array{e.sequence, text(e.at), text(e.actor),
                                                      text(e.action), text(e.payload)}))
      .str();
}
std::string hashOf(const Event& e) {
  return sha256Hex(e.previousHash + canonical(e));
}

// For statements that change one row or none: the row count, or the error.
DbResult<void> done(const DbResult<int64_t>& result) {
  if (!result) return Failure{result.error()};
  return {};
}

// UPDATE, and INSERT if there was nothing to update: the portable form of an upsert, inside a
// transaction.
DbResult<void> put(Session& session, std::string_view count, std::string_view update,
                   std::string_view insert, const Params& key, const Params& all) {
  auto rows = session.query(count, key);
  if (!rows) return Failure{rows.error()};
  return done(session.update(rows->empty() ? insert : update, all));
}

}  // namespace

std::string_view toString(StepState s) {
  return kStepStates[static_cast<size_t>(s)];
}
std::string_view toString(PlanState s) {
  return kPlanStates[static_cast<size_t>(s)];
}

// ---------------------------------------------------------------- installations
DbResult<std::optional<Installation>> Ledger::installation(std::string_view package) {
  auto there = exists();
  if (!there) return Failure{there.error()};
  if (!*there) return std::optional<Installation>();
  const Params key{{"package", value(package)}};
  auto rows = session_.query(
      "SELECT package_name, environment, version_text, digest, model, activated_at, plan_digest "
      "FROM cambium_installation WHERE package_name = :package",
      key);
  if (!rows) return Failure{rows.error()};
  if (rows->empty()) return std::optional<Installation>();
  const auto& row = rows->front();
  return std::optional(Installation{textAt(row, 0), textAt(row, 1), textAt(row, 2), textAt(row, 3),
                                    textAt(row, 4), textAt(row, 5), textAt(row, 6)});
}

DbResult<void> Ledger::setInstallation(const Installation& i) {
  const Params key{{"package", value(i.package)}};
  const Params all{{"environment", value(i.environment)}, {"version", value(i.version)},
                   {"digest", value(i.digest)},           {"model", value(i.model)},
                   {"activated", value(i.activatedAt)},   {"plan", value(i.planDigest)},
                   {"package", value(i.package)}};
  return put(session_, "SELECT 1 FROM cambium_installation WHERE package_name = :package",
             "UPDATE cambium_installation SET environment = :environment, version_text = :version, "
             "digest = :digest, model = :model, activated_at = :activated, plan_digest = :plan "
             "WHERE package_name = :package",
             "INSERT INTO cambium_installation (environment, version_text, digest, model, "
             "activated_at, plan_digest, package_name) VALUES (:environment, :version, :digest, "
             ":model, :activated, :plan, :package)",
             key, all);
}

DbResult<void> Ledger::removeInstallation(std::string_view package) {
  const Params key{{"package", value(package)}};
  return done(
      session_.update("DELETE FROM cambium_installation WHERE package_name = :package", key));
}

std::string toJson(const std::optional<Installation>& i) {
  if (!i) return {};
  return llvm::formatv("{0}", json::Value(json::Object{{"activatedAt", i->activatedAt},
                                                       {"digest", i->digest},
                                                       {"environment", i->environment},
                                                       {"model", i->model},
                                                       {"package", i->package},
                                                       {"planDigest", i->planDigest},
                                                       {"version", i->version}}))
      .str();
}

std::optional<Installation> installationFromJson(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto parsed = json::parse(llvm::StringRef(text.data(), text.size()));
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return std::nullopt;
  }
  const auto* o = parsed->getAsObject();
  if (!o) return std::nullopt;
  auto at = [&](llvm::StringRef key) { return o->getString(key).value_or("").str(); };
  return Installation{at("package"), at("environment"), at("version"),   at("digest"),
                      at("model"),   at("activatedAt"), at("planDigest")};
}

// ---------------------------------------------------------------- plans
DbResult<std::optional<PlanRecord>> Ledger::openPlan(std::string_view package) {
  return readPlan(package, true);
}
DbResult<std::optional<PlanRecord>> Ledger::lastPlan(std::string_view package) {
  return readPlan(package, false);
}

DbResult<std::optional<PlanRecord>> Ledger::readPlan(std::string_view package, bool openOnly) {
  auto there = exists();
  if (!there) return Failure{there.error()};
  if (!*there) return std::optional<PlanRecord>();
  const Params key{{"package", value(package)}};
  auto rows = session_.query(
      openOnly
          ? "SELECT plan_id, digest, package_name, environment, from_version, to_version, "
            "plan_state, document, started_at, updated_at, previous_installation FROM cambium_plan "
            "WHERE package_name = :package AND plan_state NOT IN ('done', 'undone') "
            "ORDER BY plan_id DESC LIMIT 1"
          : "SELECT plan_id, digest, package_name, environment, from_version, to_version, "
            "plan_state, document, started_at, updated_at, previous_installation FROM cambium_plan "
            "WHERE package_name = :package ORDER BY plan_id DESC LIMIT 1",
      key);
  if (!rows) return Failure{rows.error()};
  if (rows->empty()) return std::optional<PlanRecord>();
  const auto& row = rows->front();
  PlanRecord record;
  record.id = numberAt(row, 0);
  record.digest = textAt(row, 1);
  record.package = textAt(row, 2);
  record.environment = textAt(row, 3);
  record.fromVersion = textAt(row, 4);
  record.toVersion = textAt(row, 5);
  record.state = planState(textAt(row, 6));
  record.document = textAt(row, 7);
  record.startedAt = textAt(row, 8);
  record.updatedAt = textAt(row, 9);
  record.previous = textAt(row, 10);
  const Params plan{{"plan", value(record.id)}};
  auto steps = session_.query(
      "SELECT step_no, step_state FROM cambium_step WHERE plan_id = :plan ORDER BY step_no", plan);
  if (!steps) return Failure{steps.error()};
  for (const auto& step : *steps) {
    const int64_t number = numberAt(step, 0);
    if (number < 1 || number > 10'000'000) continue;  // not written by us
    if (record.steps.size() < static_cast<size_t>(number)) {
      record.steps.resize(static_cast<size_t>(number), StepState::planned);
    }
    record.steps[static_cast<size_t>(number) - 1] = stepState(textAt(step, 1));
  }
  auto cursors = session_.query("SELECT 1 FROM cambium_cursor WHERE plan_id = :plan", plan);
  if (!cursors) return Failure{cursors.error()};
  auto active = installation(package);
  if (!active) return Failure{active.error()};
  const bool activated = *active && (*active)->planDigest == record.digest;
  record.begun =
      activated || !cursors->empty() || leadsOn(record.state) ||
      std::ranges::any_of(record.steps, [](StepState s) { return s != StepState::planned; });
  return std::optional(std::move(record));
}

DbResult<int64_t> Ledger::nextRun(std::string_view package) {
  auto open = openPlan(package);
  if (!open) return Failure{open.error()};
  if (*open && !(*open)->begun) return (*open)->id;
  if (!known_) return int64_t{1};
  auto rows = session_.query("SELECT COALESCE(MAX(plan_id), 0) + 1 FROM cambium_plan");
  if (!rows) return Failure{rows.error()};
  return rows->empty() ? 1 : numberAt(rows->front(), 0);
}

DbResult<int64_t> Ledger::addPlan(const PlanRecord& p) {
  auto rows = session_.query("SELECT COALESCE(MAX(plan_id), 0) + 1 FROM cambium_plan");
  if (!rows) return Failure{rows.error()};
  const int64_t id = rows->empty() ? 1 : numberAt(rows->front(), 0);
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  const Params all{{"id", value(id)},
                   {"digest", value(p.digest)},
                   {"package", value(p.package)},
                   {"environment", value(p.environment)},
                   {"fromVersion", value(p.fromVersion)},
                   {"toVersion", value(p.toVersion)},
                   {"state", value(toString(p.state))},
                   {"document", value(p.document)},
                   {"previous", value(p.previous)},
                   {"started", value(*now)},
                   {"updated", value(*now)}};
  auto inserted = session_.update(
      "INSERT INTO cambium_plan (plan_id, digest, package_name, environment, from_version, "
      "to_version, plan_state, document, previous_installation, started_at, updated_at) VALUES "
      "(:id, :digest, :package, :environment, :fromVersion, :toVersion, :state, :document, "
      ":previous, :started, :updated)",
      all);
  if (!inserted) return Failure{inserted.error()};
  return id;
}

DbResult<void> Ledger::setPlanState(int64_t plan, PlanState state) {
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  const Params all{{"state", value(toString(state))}, {"now", value(*now)}, {"plan", value(plan)}};
  return done(session_.update(
      "UPDATE cambium_plan SET plan_state = :state, updated_at = :now WHERE plan_id = :plan", all));
}

DbResult<void> Ledger::setStep(int64_t plan, unsigned step, StepState state, int64_t token,
                               std::string_view outcome) {
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  const Params key{{"plan", value(plan)}, {"step", value(int64_t{step})}};
  const Params all{{"state", value(toString(state))},
                   {"token", value(token)},
                   {"outcome", value(outcome)},
                   {"now", value(*now)},
                   {"plan", value(plan)},
                   {"step", value(int64_t{step})}};
  return put(session_, "SELECT 1 FROM cambium_step WHERE plan_id = :plan AND step_no = :step",
             "UPDATE cambium_step SET step_state = :state, attempt = attempt + 1, token = :token, "
             "outcome = :outcome, updated_at = :now WHERE plan_id = :plan AND step_no = :step",
             "INSERT INTO cambium_step (step_state, attempt, token, outcome, updated_at, plan_id, "
             "step_no) VALUES (:state, 1, :token, :outcome, :now, :plan, :step)",
             key, all);
}

// ---------------------------------------------------------------- cursors
DbResult<std::optional<Cursor>> Ledger::cursor(int64_t plan, unsigned step) {
  const Params key{{"plan", value(plan)}, {"step", value(int64_t{step})}};
  auto rows = session_.query(
      "SELECT upper_bound, last_key, rows_done FROM cambium_cursor WHERE plan_id = :plan AND "
      "step_no = :step",
      key);
  if (!rows) return Failure{rows.error()};
  if (rows->empty()) return std::optional<Cursor>();
  const auto& row = rows->front();
  return std::optional(Cursor{textAt(row, 0), textAt(row, 1), numberAt(row, 2)});
}

DbResult<void> Ledger::setCursor(int64_t plan, unsigned step, const Cursor& cursor) {
  const Params key{{"plan", value(plan)}, {"step", value(int64_t{step})}};
  const Params all{{"bound", value(cursor.upperBound)},
                   {"last", value(cursor.lastKey)},
                   {"rows", value(cursor.rowsDone)},
                   {"plan", value(plan)},
                   {"step", value(int64_t{step})}};
  return put(session_, "SELECT 1 FROM cambium_cursor WHERE plan_id = :plan AND step_no = :step",
             "UPDATE cambium_cursor SET upper_bound = :bound, last_key = :last, rows_done = :rows "
             "WHERE plan_id = :plan AND step_no = :step",
             "INSERT INTO cambium_cursor (upper_bound, last_key, rows_done, plan_id, step_no) "
             "VALUES (:bound, :last, :rows, :plan, :step)",
             key, all);
}

DbResult<void> Ledger::dropCursor(int64_t plan, unsigned step) {
  const Params key{{"plan", value(plan)}, {"step", value(int64_t{step})}};
  return done(
      session_.update("DELETE FROM cambium_cursor WHERE plan_id = :plan AND step_no = :step", key));
}

// ---------------------------------------------------------------- events
DbResult<std::vector<Event>> Ledger::events() {
  auto there = exists();
  if (!there) return Failure{there.error()};
  std::vector<Event> out;
  if (!*there) return out;
  auto rows = session_.query(
      "SELECT event_no, happened_at, actor, event_action, payload, previous_hash, event_hash FROM "
      "cambium_event ORDER BY event_no");
  if (!rows) return Failure{rows.error()};
  out.reserve(rows->size());
  for (const auto& row : *rows) {
    out.push_back({numberAt(row, 0), textAt(row, 1), textAt(row, 2), textAt(row, 3), textAt(row, 4),
                   textAt(row, 5), textAt(row, 6)});
  }
  return out;
}

DbResult<bool> Ledger::verifyChain() {
  auto all = events();
  if (!all) return Failure{all.error()};
  if (!known_) return true;
  std::string previous;
  int64_t sequence = 0;
  for (const auto& event : *all) {
    if (event.sequence != ++sequence || event.previousHash != previous) return false;
    if (event.hash != hashOf(event)) return false;
    previous = event.hash;
  }
  // The head is kept apart: events cut off at the end would leave a chain that is whole in itself.
  auto head = session_.query("SELECT head FROM cambium_meta WHERE id = 1");
  if (!head) return Failure{head.error()};
  return !head->empty() && textAt(head->front(), 0) == previous;
}

DbResult<void> Ledger::append(std::string_view actor, std::string_view action,
                              std::string_view payload) {
  auto last = session_.query(
      "SELECT event_no, event_hash FROM cambium_event ORDER BY event_no DESC LIMIT 1");
  if (!last) return Failure{last.error()};
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  Event event;
  if (!last->empty()) {
    event.sequence = numberAt(last->front(), 0);
    event.previousHash = textAt(last->front(), 1);
  }
  ++event.sequence;
  event.at = *now;
  event.actor = actor;
  event.action = action;
  event.payload = payload;
  event.hash = hashOf(event);
  const Params all{{"no", value(event.sequence)},     {"at", value(event.at)},
                   {"actor", value(event.actor)},     {"action", value(event.action)},
                   {"payload", value(event.payload)}, {"previous", value(event.previousHash)},
                   {"hash", value(event.hash)}};
  auto inserted = session_.update(
      "INSERT INTO cambium_event (event_no, happened_at, actor, event_action, payload, "
      "previous_hash, event_hash) VALUES (:no, :at, :actor, :action, :payload, :previous, :hash)",
      all);
  if (!inserted) return Failure{inserted.error()};
  const Params head{{"head", value(event.hash)}};
  return done(session_.update("UPDATE cambium_meta SET head = :head WHERE id = 1", head));
}

}  // namespace cambium::runner
