#include "service/gateway/tokens/token_routes.h"

#include <charconv>

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/core/token_secret.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kNameMax = 100;
constexpr Millis kCommitTime = std::chrono::seconds(10);

}  // namespace

Result<HttpResponse> TokenRoutes::list(const Call& call) {
  ORGO_TRY(tokens, ports_.tokens.list_tokens(call.caller->tenant));
  return list_response(call, tokens, [&](JsonWriter& writer, const auto& token) { views::write_token(writer, token); });
}

Result<HttpResponse> TokenRoutes::make(const Call& call) {
  JsonBody body(call.request);
  ApiToken token{.tenant = call.caller->tenant};
  token.name = body.text("name", kNameMax);
  const auto person = body.text("person", kNameMax);
  for (const char c : token.name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      body.complain("name", "has control characters");
      break;
    }
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  token.name = std::string(trim(token.name));
  ORGO_TRY(owner, ports_.people.find(call.caller->tenant, person));
  token.person = owner.login;
  token.role = owner.role;
  token.created_at = ports_.clock.now();
  const auto secret = new_token_secret();
  ORGO_TRY(made, commit_one(ports_.changes, make_token(token, token_hash(secret), call.caller->actor()),
                            within(kCommitTime)));
  token.id = made.token;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().key("token");
  views::write_token(writer, token);
  writer.field("secret", secret).end_object();
  auto response = json_response(std::move(text), 201);
  response.headers.push_back({"Location", "/api/v1/tokens/" + std::to_string(made.token)});
  return response;
}

Result<HttpResponse> TokenRoutes::revoke(const Call& call) {
  const auto text = call.captured.at(0);
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size())
    return failure(Errc::not_found, "there is no such token");
  ORGO_TRY(tokens, ports_.tokens.list_tokens(call.caller->tenant));
  for (const auto& token : tokens) {
    if (token.id != id || token.revoked_at) continue;
    ORGO_CHECK(
        commit_one(ports_.changes, revoke_token(token, call.caller->actor(), ports_.clock.now()), within(kCommitTime)));
    return no_content();
  }
  return failure(Errc::not_found, "there is no such token");
}

std::vector<Route> TokenRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/tokens",
       .permission = Permission::manage_tokens,
       .handler = to<&TokenRoutes::list>(this),
       .summary = "All tokens, without their secrets.",
       .answer = "TokenPage"},
      {.method = "POST",
       .pattern = "/api/v1/tokens",
       .permission = Permission::manage_tokens,
       .handler = to<&TokenRoutes::make>(this),
       .summary = "Makes a token of somebody. It may what they may, as long as they may. Its secret is in this answer "
                  "and nowhere else.",
       .body = json_body(
           R"({"type":"object","additionalProperties":false,"required":["name","person"],
        "properties":{"name":{"type":"string","minLength":1,"maxLength":100},"person":{"type":"string",
        "minLength":1,"maxLength":100,"description":"Login name or address of whose it is."}}})"),
       .answer = "NewToken",
       .success = 201},
      {.method = "DELETE",
       .pattern = "/api/v1/tokens/{id}",
       .permission = Permission::manage_tokens,
       .handler = to<&TokenRoutes::revoke>(this),
       .summary = "Revokes a token at once.",
       .success = 204},
  };
}

std::vector<Schema> TokenRoutes::schemas() const {
  return {
      {"Token",
       R"({"type":"object","required":["id","name","role"],"properties":{"id":{"type":"integer"},
        "name":{"type":"string","description":"What for."},
        "person":{"type":"string",
        "description":"Login name; empty: of before there were accounts, or of the command line."},
        "role":{"type":"string","enum":["administrator","manager","staff","viewer","integration"]},
        "created_at":{"type":"string","format":"date-time"},"revoked_at":{"type":["string","null"],
        "format":"date-time"}}})"},
      {"TokenPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Token"}},"next_cursor":{"type":["string","null"]}}})"},
      {"NewToken",
       R"({"type":"object","required":["token","secret"],"properties":{"token":{"$ref":"#/components/schemas/Token"},
        "secret":{"type":"string","description":"Shown once."}}})"},
  };
}

}  // namespace orgo::gateway
