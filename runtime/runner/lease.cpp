#include "runtime/runner/lease.h"

#include <fmt/core.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "runtime/runner/run.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

std::string hostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

std::string thisProcess() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const bool known =
      getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found;
  const std::string user = known ? entry.pw_name : fmt::format("uid{}", getuid());
  return fmt::format("{}@{} pid {}", user, hostName(), getpid());
}

bool processIsGone(std::string_view owner) {
  const auto pidAt = owner.rfind(" pid ");
  const auto hostAt = owner.rfind('@', pidAt);
  if (pidAt == std::string_view::npos || hostAt == std::string_view::npos) return false;
  const auto host = owner.substr(hostAt + 1, pidAt - hostAt - 1);
  const auto digits = owner.substr(pidAt + 5);
  // Many machines call themselves so: the process may live on another one.
  if (host.empty() || host == "localhost" || host != hostName()) return false;
  int pid = 0;
  if (llvm::StringRef(digits.data(), digits.size()).getAsInteger(10, pid) || pid <= 1) return false;
  return kill(pid, 0) != 0 && errno == ESRCH;
}

std::string addSeconds(std::string_view time, int seconds) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0;
  if (std::sscanf(std::string(time).c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &y, &mo, &d, &h, &mi,
                  &s, &ms) != 7) {
    return {};
  }
  using namespace std::chrono;
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)),
                            day(static_cast<unsigned>(d))};
  if (!date.ok()) return {};
  const auto at = sys_days(date) + hours(h) + minutes(mi) + std::chrono::seconds(s + seconds);
  const auto midnight = floor<days>(at);
  const year_month_day then{midnight};
  const hh_mm_ss<std::chrono::seconds> clock{at - midnight};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(then.year()),
                     static_cast<unsigned>(then.month()), static_cast<unsigned>(then.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(), ms);
}

DbResult<std::optional<Lease>> Ledger::lease() {
  auto there = exists();
  if (!there) return Failure{there.error()};
  if (!*there) return std::optional<Lease>();
  auto rows = session_.query(
      "SELECT lease_owner, token, acquired_at, expires_at, step_no FROM cambium_lease "
      "WHERE id = 1");
  if (!rows) return Failure{rows.error()};
  if (rows->empty()) return std::optional<Lease>();
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  const auto& row = rows->front();
  Lease lease;
  lease.owner = textAt(row, 0);
  lease.token = numberAt(row, 1);
  lease.since = textAt(row, 2);
  lease.expiresAt = textAt(row, 3);
  lease.step = static_cast<unsigned>(numberAt(row, 4));
  lease.expired = lease.expiresAt <= *now;
  return std::optional(std::move(lease));
}

DbResult<std::optional<Lease>> LeaseKeeper::take() {
  auto lock = session_.lockRun();
  if (!lock) return Failure{lock.error()};
  locked_ = *lock == Session::RunLock::ours;
  auto holder = takeRow(*lock);
  if (token_ == 0) unlock();
  return holder;
}

// The row says who works. Where there is a lock of the session, too, that alone decides: who has it
// works, however long a statement takes; whose session has ended does not, whatever the row says.
DbResult<std::optional<Lease>> LeaseKeeper::takeRow(Session::RunLock lock) {
  std::optional<Lease> holder;
  auto taken = inTransaction(session_, [&]() -> DbResult<void> {
    auto found = ledger_.lease();
    if (!found) return Failure{found.error()};
    const Lease old = found->value_or(Lease{});
    if (lock == Session::RunLock::others) {
      holder = old;
      if (old.owner.empty()) holder->owner = "another session";
      return {};
    }
    const bool left = !old.owner.empty() &&
                      (lock == Session::RunLock::ours || old.expired || processIsGone(old.owner));
    if (!old.owner.empty() && !left) {
      holder = old;
      return {};
    }
    auto now = session_.now();
    if (!now) return Failure{now.error()};
    const Params set{{"token", value(old.token + 1)},
                     {"owner", value(owner_)},
                     {"now", value(*now)},
                     {"expires", value(addSeconds(*now, kLeaseSeconds))},
                     {"old", value(old.token)}};
    auto changed = session_.update(
        "UPDATE cambium_lease SET token = :token, lease_owner = :owner, acquired_at = :now, "
        "expires_at = :expires, step_no = 0 WHERE id = 1 AND token = :old",
        set);
    if (!changed) return Failure{changed.error()};
    if (*changed != 1) {
      holder = old;
      return {};
    }
    if (left) {
      const llvm::json::Value payload = llvm::json::Object{
          {"from", old.owner}, {"step", int64_t{old.step}}, {"token", old.token + 1}};
      if (auto told =
              ledger_.append(actor_, "lease_taken_over", llvm::formatv("{0}", payload).str());
          !told) {
        return told;
      }
    }
    token_ = old.token + 1;
    return {};
  });
  if (!taken) {
    token_ = 0;
    return Failure{taken.error()};
  }
  return holder;
}

DbResult<bool> LeaseKeeper::renew(unsigned step) {
  auto now = session_.now();
  if (!now) return Failure{now.error()};
  const Params set{{"expires", value(addSeconds(*now, kLeaseSeconds))},
                   {"step", value(int64_t{step})},
                   {"token", value(token_)}};
  auto changed = session_.update(
      "UPDATE cambium_lease SET expires_at = :expires, step_no = :step WHERE id = 1 AND "
      "token = :token",
      set);
  if (!changed) return Failure{changed.error()};
  return *changed == 1;
}

void LeaseKeeper::release() {
  if (token_ == 0) return;
  const Params key{{"token", value(token_)}};
  auto done = session_.update(
      "UPDATE cambium_lease SET lease_owner = '', expires_at = '', step_no = 0 WHERE id = 1 AND "
      "token = :token",
      key);
  if (done) token_ = 0;
  unlock();
}

void LeaseKeeper::unlock() {
  if (locked_) session_.unlockRun();
  locked_ = false;
}

}  // namespace cambium::runner
