using MailProxy.Proxy.Relay;

namespace MailProxy.Proxy.Milter;

/// <summary>What all milters together made of a message.</summary>
/// <param name="Refusal">What the client hears; null: it goes on.</param>
/// <param name="Message">As it is to be delivered; null: refused or discarded.</param>
internal sealed record MilterJudgement(RelayReply? Refusal, JudgedMessage? Message);
