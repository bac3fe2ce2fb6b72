#include "cli/outcome.h"

namespace cambium::cli {

namespace {

// The codes that are not findings about the user's model.
constexpr struct {
  Code code;
  Outcome outcome;
} kOther[] = {
    {Code::CFG050, Outcome::usage},       {Code::CFG051, Outcome::failed},
    {Code::CFG052, Outcome::usage},       {Code::CFG053, Outcome::failed},
    {Code::CFG054, Outcome::failed},      {Code::CFG055, Outcome::failed},
    {Code::CFG056, Outcome::failed},      {Code::CFG057, Outcome::findings},
    {Code::CFG058, Outcome::usage},       {Code::CFG059, Outcome::usage},
    {Code::CFG060, Outcome::usage},       {Code::CFG061, Outcome::usage},
    {Code::CFG062, Outcome::usage},       {Code::CFG063, Outcome::notApproved},
    {Code::CFG065, Outcome::failed},      {Code::CFG066, Outcome::usage},
    {Code::CFG067, Outcome::usage},       {Code::CFG068, Outcome::internal},
    {Code::RUN001, Outcome::internal},    {Code::RUN050, Outcome::failed},
    {Code::RUN051, Outcome::failed},      {Code::RUN052, Outcome::failed},
    {Code::RUN053, Outcome::failed},      {Code::RUN054, Outcome::failed},
    {Code::RUN055, Outcome::failed},      {Code::RUN056, Outcome::stale},
    {Code::RUN057, Outcome::busy},        {Code::RUN058, Outcome::failed},
    {Code::RUN059, Outcome::failed},      {Code::RUN060, Outcome::failed},
    {Code::RUN061, Outcome::notApproved}, {Code::RUN062, Outcome::findings},
    {Code::RUN063, Outcome::failed},      {Code::RUN064, Outcome::internal},
    {Code::RUN065, Outcome::failed},      {Code::RUN066, Outcome::failed},
    {Code::RUN067, Outcome::failed},      {Code::RUN068, Outcome::failed},
    {Code::RUN069, Outcome::failed},      {Code::RUN070, Outcome::failed},
    {Code::RUN071, Outcome::partial},     {Code::RUN072, Outcome::busy},
    {Code::RUN073, Outcome::stale},       {Code::RUN074, Outcome::partial},
    {Code::RUN081, Outcome::usage},       {Code::RUN082, Outcome::failed},
    {Code::RUN084, Outcome::failed},      {Code::RUN085, Outcome::failed},
    {Code::RUN086, Outcome::usage},       {Code::RUN087, Outcome::failed},
    {Code::RUN096, Outcome::busy},        {Code::RUN100, Outcome::usage},
    {Code::RUN090, Outcome::notApproved}, {Code::RUN091, Outcome::failed},
    {Code::PLG001, Outcome::failed},      {Code::PLG002, Outcome::failed},
    {Code::PLG003, Outcome::failed},      {Code::PLG004, Outcome::failed},
    {Code::PLG005, Outcome::failed},      {Code::PLG006, Outcome::failed},
    {Code::IMP001, Outcome::failed},      {Code::IMP003, Outcome::failed},
};

}  // namespace

Outcome outcomeOf(Code code) {
  for (const auto& other : kOther)
    if (other.code == code) return other.outcome;
  return Outcome::findings;
}

}  // namespace cambium::cli
