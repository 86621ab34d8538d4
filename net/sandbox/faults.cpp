#include "net/sandbox/faults.h"

#include <algorithm>
#include <regex>

#include "net/sandbox/tuning.h"
#include "platform/base/json.h"

namespace fieldsync::net::sandbox {
namespace {

constexpr std::pair<FaultAction, std::string_view> kActions[] = {
    {FaultAction::status, "status"},         {FaultAction::drop_before, "drop_before"},
    {FaultAction::drop_after, "drop_after"}, {FaultAction::cut_in_body, "cut_in_body"},
    {FaultAction::truncate, "truncate"},     {FaultAction::login_page, "login_page"},
    {FaultAction::delay, "delay"},           {FaultAction::cut_upload, "cut_upload"}};

std::string_view name_of(FaultAction action) {
  for (const auto& [known, name] : kActions) {
    if (known == action) return name;
  }
  return "";
}

bool matches(const FaultRule& rule, std::string_view origin, const std::string& line) {
  if (!rule.origin.empty() && rule.origin != origin) return false;
  if (rule.match.empty()) return true;
  if (!rule.regex) return line.find(rule.match) != std::string::npos;
  return std::regex_search(line, std::regex(rule.match));
}

/// Why the rule cannot be used; "" when it can.
std::string problem(const FaultRule& rule) {
  if (!rule.origin.empty() && rule.origin != "api" && rule.origin != "login" &&
      rule.origin != "storage") {
    return "origin is api, login or storage";
  }
  if (rule.status < 100 || rule.status > 599) return "status is not an HTTP status";
  if (rule.delay.count() < 0 || rule.delay.count() > tuning::kDelayMillisMax) {
    return "millis is out of range";
  }
  if (rule.regex) {
    try {
      const std::regex compiled(rule.match);
    } catch (const std::regex_error& error) {
      return std::string("match: ") + error.what();
    }
  }
  return "";
}

}  // namespace

std::variant<std::int64_t, std::string> Faults::add(const Document& from) {
  if (rules_.size() >= tuning::kFaultRulesMax) return std::string("too many rules");
  FaultRule rule;
  rule.id = next_;
  rule.origin = from.text("origin");
  rule.match = from.text("match");
  const Value* regex = from.find("regex");
  rule.regex = regex && regex->as_bool() && *regex->as_bool();
  rule.skip = from.integer("skip");
  rule.count = from.integer("count", 1);
  const std::string wanted = from.text("action");
  const auto action = std::find_if(std::begin(kActions), std::end(kActions),
                                   [&](const auto& known) { return known.second == wanted; });
  if (action == std::end(kActions)) return "unknown action " + wanted;
  rule.action = action->first;
  rule.status = static_cast<int>(std::clamp<std::int64_t>(from.integer("status", 500), 0, 1000));
  rule.shape = from.text("shape");
  if (const Value* body = from.find("body")) {
    rule.body = body->as_text() ? *body->as_text() : base::to_json(*body);
  }
  const Value* headers = from.find("headers");
  if (headers && headers->as_document()) {
    for (const base::Field& field : *headers->as_document()) {
      rule.headers.add(field.name, base::plain_text(field.value));
    }
  }
  rule.delay = Millis(from.integer("millis"));
  rule.bytes = from.integer("bytes");
  if (std::string why = problem(rule); !why.empty()) return why;
  ++next_;
  rules_.push_back(std::move(rule));
  return rules_.back().id;
}

List Faults::shown() const {
  List rows;
  for (const FaultRule& rule : rules_) {
    rows.push_back(Document{{"id", rule.id},
                            {"origin", rule.origin},
                            {"match", rule.match},
                            {"action", name_of(rule.action)},
                            {"skip", rule.skip},
                            {"count", rule.count}});
  }
  return rows;
}

Strike Faults::strike(std::string_view origin, Method method, std::string_view target) {
  Strike strike;
  if (rules_.empty()) return strike;
  const std::string line = std::string(net::name(method)) + " " + std::string(target);
  for (FaultRule& rule : rules_) {
    if (rule.count == 0 || !matches(rule, origin, line)) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.action != FaultAction::delay && strike.rule) continue;
    if (rule.count > 0) --rule.count;
    if (rule.action == FaultAction::delay) {
      strike.delay += rule.delay;
    } else {
      strike.rule = rule;
    }
  }
  std::erase_if(rules_, [](const FaultRule& rule) { return rule.count == 0; });
  return strike;
}

Reply faulty_reply(const FaultRule& rule) {
  if (rule.action == FaultAction::login_page) {
    return text_reply(200, "text/html; charset=utf-8",
                      "<!DOCTYPE html><html><head><title>Guest Wi-Fi</title></head><body><form "
                      "action=\"/login\"><h1>Please sign in to use this network</h1></form>"
                      "</body></html>");
  }
  const int status = rule.status;
  Reply reply;
  if (rule.body) {
    const bool json = rule.body->starts_with('{') || rule.body->starts_with('[');
    reply = text_reply(status, json ? "application/json" : "text/html", *rule.body);
  } else if (rule.shape == "field") {
    reply = field_error(status, "base", "injected");
  } else if (rule.shape == "text") {
    reply = text_error(status, "injected");
  } else if (rule.shape == "base") {
    reply = base_error(status, "base", "injected");
  } else if (rule.shape == "message") {
    reply = message_error(status, "injected", "injected");
  } else if (rule.shape == "code") {
    reply = code_error(status, "injected", "injected");
  } else if (rule.shape == "reason") {
    reply = reason_error(status, "INJECTED", "injected");
  } else if (rule.shape == "html" || status == 502) {
    reply = text_reply(status, "text/html", "<html><body><h1>Bad Gateway</h1></body></html>");
  } else if (rule.shape == "empty") {
    reply = empty_reply(status);
  } else {
    reply = list_error(status, "injected");
  }
  for (const auto& [name, value] : rule.headers.all()) reply.response.headers.add(name, value);
  return reply;
}

void spoil(Reply& reply, const FaultRule& rule) {
  switch (rule.action) {
    case FaultAction::drop_after:
      reply.fate = Fate::drop;
      break;
    case FaultAction::cut_in_body:
      reply.fate = Fate::cut_in_body;
      break;
    case FaultAction::truncate:
      reply.response.body.resize(reply.response.body.size() / 2);
      break;
    case FaultAction::status:
    case FaultAction::drop_before:
    case FaultAction::login_page:
    case FaultAction::delay:
    case FaultAction::cut_upload:
      break;
  }
}

}  // namespace fieldsync::net::sandbox
