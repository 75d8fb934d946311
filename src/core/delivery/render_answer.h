#pragma once
#include "base/result.h"
#include "core/delivery/render.h"

namespace orgo {

/// The mail to a customer with what a person of ours wrote (SendKind::answer): the words and files of
/// RenderInput::content in the template "answer", in the thread of RenderInput::message, from Send::sender. Of a mail
/// only what is new goes on, since what it quotes is our word among ourselves; of what was written in Orgo all. No
/// Auto-Submitted: a person wrote it, so that programs of absence may answer. The same input makes the same bytes.
/// invalid_input: as render_mail(), or the content is gone.
Result<RenderedMail> render_answer(const RenderInput& input, const RenderSettings& settings);

}  // namespace orgo
