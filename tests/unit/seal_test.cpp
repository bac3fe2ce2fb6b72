// A sealed version reads back exactly, notices every change of its content, and survives every kind
// of damaged document.
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <random>

#include "compiler/artifact/seal.h"
#include "compiler/base/sha256.h"
#include "tests/unit/model_of.h"

namespace cambium::artifact {
namespace {

using testing::modelOf;
using Kind = UnsealError::Kind;

constexpr const char* kShop = R"(package shop version "1.4.0" naming plural
  type Email = string(320) where matches(value, "^[^@]+@[^@]+$") and length(value) > 3
  /// Who buys:
  /// "people", \ and ünïcödé 漢字.
  entity Customer @native(sqlite: "WITHOUT ROWID") {
    key id: uuid = uuid()
    email: Email @unique
    name: string(200) where length(value) > 1
    nickname: string(80)? @sensitive(mask: "last4") @column("nick")
    balance: decimal(12, 2) = 0 @native(sqlite: "NUMERIC")
    status: CustomerStatus = active
    tags: string(40)[]
    score: int32 = -5
    born: date?
    group profile "Profile" { newsletter: bool = false  group inner { motto: text = "say \"hi\"" } }
    shown: string = concat(name, " <", email, ">") computed
    orders: many Order inverse customer
    unique by_born (name, born desc) where nickname is not null and status in (active, suspended) @name("uq_x")
    index (lower(name))
    check positive: balance >= 0 and balance < 1000000 and score between -10 and 10 @message("never negative")
    check case when newsletter then length(motto) > 2 else not newsletter end
  }
  enum CustomerStatus { active, /// for a while
    suspended "Suspended by staff", closed }
  mixin Versioned { version: int32 = 1 }
  entity Order is Versioned @table("orders_old") @deprecated("use Basket") {
    key no: int64 = autoincrement()
    customer: ref Customer? on delete set null on update cascade @noindex
    placed: timestamp = now()
    total: decimal(14, 2) = 2.50
    double: decimal(16, 2) = total + total computed stored
  }
)";

std::string withDigest(const std::string& body) {
  return "{\"cambium\":\"model/1\",\"digest\":\"" + sha256Hex(body) + "\",\"model\":" + body + "}";
}

Kind kindOf(const std::string& document) {
  const auto result = unseal(document);
  EXPECT_FALSE(result) << document.substr(0, 200);
  return result ? Kind::tampered : result.error().kind;
}

TEST(Seal, ReadsBackExactly) {
  const ir::Model model = modelOf(kShop);
  const std::string document = seal(model);
  const auto back = unseal(document);
  ASSERT_TRUE(back) << back.error().detail << "\n" << document;
  EXPECT_TRUE(ir::sameModel(model, *back));
  EXPECT_EQ(seal(*back), document);
  EXPECT_EQ(digest(*back), digest(model));
  EXPECT_EQ(document.back(), '\n');
  EXPECT_NE(document.find("\"digest\": \"" + digest(model) + "\""), std::string::npos);
}

TEST(Seal, ExpressionsAreReadable) {
  const std::string document =
      seal(modelOf("enum S { on, off } entity A { key id: int64  s: S  n: int32  check x: s == on  "
                   "check y: n > 1 and n < 9 and n != 5 }"));
  EXPECT_NE(
      document.find(R"({"args": [{"property": "s"}, {"enum": "S", "member": "on"}], "op": "=="})"),
      std::string::npos)
      << document;
}

// The block that leads to the version, and only that.
TEST(Seal, KeepsItsOwnMigration) {
  ir::Model model = modelOf(kShop);
  const auto expr = [](ir::ExprKind kind, std::string text) {
    ir::Expr e;
    e.kind = kind;
    e.type.scalar = ir::Scalar::text;
    if (kind == ir::ExprKind::property)
      e.path = {std::move(text)};
    else
      e.text = std::move(text);
    return e;
  };
  ir::Migration other;
  other.from = "1.0.0";
  other.to = "1.1.0";
  ir::Migration own;
  own.from = "1.3.0";
  own.to = "1.4.0";
  own.renames.push_back({{"Client", ""}, "Customer", {}});
  own.renames.push_back({{"Client", "nick"}, "nickname", {}});
  ir::TransformRule split{"Client", "Customer", {"fullname"}, {"name", "motto"}, {}, {}, {}};
  split.up.push_back({"name", expr(ir::ExprKind::property, "fullname")});
  split.up.push_back({"motto", expr(ir::ExprKind::literal, "a")});
  split.down.push_back({"fullname", expr(ir::ExprKind::property, "name")});
  own.transforms.push_back(split);
  own.fills.push_back({{"Customer", "score"}, expr(ir::ExprKind::literal, "NL"), {}});
  own.approvals.push_back({ir::ApprovalKind::narrow, {"Client", "legacy"}, "exported", {}});
  model.migrations = {other, own};
  const auto back = unseal(seal(model));
  ASSERT_TRUE(back) << back.error().detail;
  ASSERT_EQ(back->migrations.size(), 1u);
  EXPECT_EQ(back->migrations[0].from, "1.3.0");
  EXPECT_EQ(back->migrations[0].transforms[0].up[0].value, split.up[0].value);
  EXPECT_TRUE(ir::sameModel(model, *back));
  ir::Model changed = *back;
  changed.migrations[0].approvals[0].kind = ir::ApprovalKind::drop;
  EXPECT_FALSE(ir::sameModel(model, changed));
}

TEST(Seal, LongChainsStayFlatAndDeepOnesAreRefused) {
  // Built by hand: what the parser allows in one expression is not the subject.
  ir::Model model = modelOf("entity A { key id: int64  n: int32  check x: n + n > 0 }");
  ir::Expr& condition = model.entities[ir::EntityId(0)].checks[0].condition;
  const ir::Expr one = condition.args[0].args[1], pair = condition.args[0];
  for (int i = 0; i < 3000; ++i) {
    ir::Expr next = pair;
    next.args[0] = std::move(condition.args[0]);
    condition.args[0] = std::move(next);
  }
  const auto back = unseal(seal(model));
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(seal(*back), seal(model));

  std::string deep = "{\"property\":\"n\"}";
  for (int i = 0; i < 5000; ++i) deep = "{\"args\":[" + deep + "],\"op\":\"not\"}";
  const std::string body =
      "{\"entities\":[{\"checks\":[{\"condition\":" + deep +
      "}],\"name\":\"A\",\"properties\":[{\"name\":\"n\",\"type\":\"bool\"}]}],\"package\":\"p\"}";
  EXPECT_FALSE(unseal(withDigest(body)));
  std::string lessDeep = "{\"property\":\"n\"}";
  for (int i = 0; i < 950; ++i) lessDeep = "{\"args\":[" + lessDeep + "],\"op\":\"not\"}";
  EXPECT_EQ(kindOf(withDigest("{\"entities\":[{\"checks\":[{\"condition\":" + lessDeep +
                              "}],\"name\":\"A\",\"properties\":[{\"name\":\"n\",\"type\":\"bool\"}"
                              "]}],\"package\":\"p\"}")),
            Kind::malformed);
}

TEST(Unseal, NamesTheKindOfFailure) {
  EXPECT_EQ(kindOf(""), Kind::notJson);
  EXPECT_EQ(kindOf("{"), Kind::notJson);
  EXPECT_EQ(kindOf("[1, 2"), Kind::notJson);
  EXPECT_EQ(kindOf("\xff\xfe{}"), Kind::notJson);
  EXPECT_EQ(kindOf(std::string(100000, '[')), Kind::notJson);
  EXPECT_EQ(kindOf("[]"), Kind::malformed);
  EXPECT_EQ(kindOf("{}"), Kind::malformed);
  EXPECT_EQ(kindOf("{\"cambium\":1}"), Kind::malformed);
  EXPECT_EQ(kindOf("{\"cambium\":\"model/2\",\"digest\":\"\",\"model\":{}}"), Kind::unknownFormat);
  EXPECT_EQ(kindOf("{\"cambium\":\"model/1\"}"), Kind::malformed);
  EXPECT_EQ(kindOf("{\"cambium\":\"model/1\",\"digest\":\"x\"}"), Kind::malformed);
  EXPECT_EQ(kindOf("{\"cambium\":\"model/1\",\"digest\":\"x\",\"model\":{}}"), Kind::tampered);
  EXPECT_EQ(kindOf("{\"cambium\":\"model/1\",\"digest\":\"x\",\"extra\":1,\"model\":{}}"),
            Kind::malformed);
}

TEST(Unseal, RefusesBodiesThatMeanNothing) {
  EXPECT_TRUE(unseal(withDigest("{\"package\":\"p\"}")));
  const auto entity = [](const std::string& rest) {
    return "{\"entities\":[{\"name\":\"A\"" + rest + "}],\"package\":\"p\"}";
  };
  const auto property = [&](const std::string& rest) {
    return entity(",\"properties\":[{\"name\":\"x\"" + rest + "}]");
  };
  const auto check = [&](const std::string& condition) {
    return "{\"entities\":[{\"checks\":[{\"condition\":" + condition +
           "}],\"name\":\"A\",\"properties\":[{\"name\":\"x\",\"type\":\"int32\"}]}],\"package\":"
           "\"p\"}";
  };
  EXPECT_TRUE(unseal(withDigest(property(",\"type\":\"int32\""))));
  EXPECT_TRUE(unseal(
      withDigest(check(R"({"args":[{"property":"x"},{"literal":"1","type":"int32"}],"op":"<"})"))));
  const std::string bad[] = {"[]",
                             "1",
                             "null",
                             "{\"package\":1}",
                             "{\"unknown\":1}",
                             "{\"naming\":\"loud\"}",
                             "{\"entities\":{}}",
                             "{\"entities\":[{}]}",
                             "{\"entities\":[{\"name\":\"\"}]}",
                             "{\"entities\":[{\"name\":\"B\"},{\"name\":\"A\"}]}",
                             "{\"entities\":[{\"name\":\"A\"},{\"name\":\"A\"}]}",
                             "{\"enums\":[{\"name\":\"S\",\"values\":[1]}]}",
                             "{\"aliases\":[{\"name\":\"T\"}]}",
                             "{\"migration\":[]}",
                             "{\"migration\":{\"fills\":[{\"to\":[]}]}}",
                             "{\"migration\":{\"approvals\":[{\"kind\":\"steal\"}]}}",
                             entity(",\"key\":[\"x\"]"),
                             entity(",\"key\":\"x\""),
                             entity(",\"lifecycle\":\"eternal\""),
                             entity(",\"x\":1"),
                             entity(",\"native\":{\"a\":1}"),
                             entity(",\"mixins\":[1]"),
                             entity(",\"groups\":[{}]"),
                             property(""),
                             property(",\"type\":\"int33\""),
                             property(",\"type\":\"decimal\""),
                             property(",\"type\":\"decimal(1,2)\""),
                             property(",\"type\":\"decimal(99999999, 2)\""),
                             property(",\"type\":\"string(0)\""),
                             property(",\"type\":\"string(-1)\""),
                             property(",\"type\":\"string(99999999999)\""),
                             property(",\"type\":\"enum\""),
                             property(",\"type\":\"enum Nope\""),
                             property(",\"type\":\"int32(4)\""),
                             property(",\"type\":\"int32??\""),
                             property(",\"ref\":\"Nope\""),
                             property(",\"ref\":\"A\",\"type\":\"int32\""),
                             property(",\"many\":\"A\",\"inverse\":\"nope\""),
                             property(",\"alias\":\"Nope\",\"type\":\"int32\""),
                             property(",\"unique\":1,\"type\":\"int32\""),
                             property(",\"ref\":\"A\",\"on delete\":\"explode\""),
                             property(",\"type\":\"int32\",\"default\":1"),
                             check("{}"),
                             check("[]"),
                             check("{\"error\":true}"),
                             check("{\"property\":\"nope\"}"),
                             check("{\"property\":[]}"),
                             check("{\"property\":[\"x\",\"y\"]}"),
                             check("{\"member\":\"a\"}"),
                             check("{\"enum\":\"S\",\"member\":\"a\"}"),
                             check("{\"call\":\"nope\",\"args\":[]}"),
                             check("{\"call\":\"lower\",\"args\":[]}"),
                             check("{\"op\":\"~\"}"),
                             check("{\"op\":\"not\",\"args\":[]}"),
                             check("{\"op\":\"==\",\"args\":[{\"property\":\"x\"}]}"),
                             check("{\"op\":\"between\",\"args\":[{\"property\":\"x\"}]}"),
                             check("{\"op\":\"not ==\",\"args\":[]}"),
                             check("{\"op\":\"case\",\"args\":[{\"property\":\"x\"}]}"),
                             check("{\"literal\":\"1\",\"property\":\"x\"}"),
                             check("{\"literal\":1}"),
                             check("{\"literal\":\"1\",\"type\":\"banana\"}")};
  for (const auto& body : bad) {
    const auto result = unseal(withDigest(body));
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().kind, Kind::malformed) << body;
    EXPECT_FALSE(result.error().detail.empty()) << body;
  }
}

TEST(Unseal, FindsEveryChangedByte) {
  const std::string document =
      seal(modelOf("enum S { on, off } entity A { key id: int64  s: S = on  n: decimal(5, 2) = "
                   "1.50  check x: n > 1.0 and n < 9.0 }"));
  ASSERT_TRUE(unseal(document));
  for (size_t i = 0; i + 1 < document.size(); ++i) {
    for (const char c : {'x', '0', '"', ',', '}', ' ', '\\', '\0'}) {
      if (document[i] == c) continue;
      std::string changed = document;
      changed[i] = c;
      const bool blank = document[i] == ' ' || document[i] == '\n';
      const auto result = unseal(changed);
      EXPECT_FALSE(result && !blank) << "byte " << i << " " << document[i] << " → " << c;
    }
    EXPECT_FALSE(unseal(document.substr(0, i))) << "cut at " << i;
  }
}

TEST(Unseal, SurvivesRandomDamage) {
  const std::string document = seal(modelOf(kShop));
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = document;
    for (int n = 0; n < 1 + round % 4; ++n) {
      const size_t at = random() % damaged.size();
      switch (random() % 3) {
        case 0: damaged[at] = static_cast<char>(random() % 256); break;
        case 1: damaged.erase(at, random() % 40); break;
        default:
          damaged.insert(at, document.substr(random() % document.size(), random() % 60));
          break;
      }
      if (damaged.empty()) damaged = "x";
    }
    // With a digest that fits, so that the reader itself is reached.
    const auto begin = damaged.find("\"model\": ");
    if (begin != std::string::npos) {
      std::string body = damaged.substr(begin + 9);
      while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.pop_back();
      if (!body.empty() && body.back() == '}') body.pop_back();
      (void)unseal(withDigest(body));
    }
    (void)unseal(damaged);
  }
}

// A thousand entities are read in well under 100 ms; the limit here is wide, so that a busy machine
// does not matter.
TEST(Unseal, IsFast) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    text += "entity E" + n + " { key id: int64 = autoincrement() ";
    for (int p = 0; p < 8; ++p)
      text += " p" + std::to_string(p) + ": string(" + std::to_string(p + 10) + ")?";
    text += " n: int32 = 5  index (p1, p2)  check positive: n > 0 and n < 100 }\n";
  }
  const std::string document = seal(modelOf(text));
  const auto start = std::chrono::steady_clock::now();
  const auto back = unseal(document);
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(back);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  std::cout << document.size() << " bytes in " << ms << " ms\n";
  EXPECT_LT(ms, 500) << document.size() << " bytes";
}

}  // namespace
}  // namespace cambium::artifact
