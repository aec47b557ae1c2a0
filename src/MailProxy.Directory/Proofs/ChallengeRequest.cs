namespace MailProxy.Directory.Proofs;

/// <summary>A SCRAM client wants to know how its password's keys are made.</summary>
/// <param name="UserName">As the client wrote it (judged: UTF-8, no control characters).</param>
/// <param name="Scheme">Of the stored keys: <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-1</c>.</param>
/// <param name="Protocol">Lower case: <c>imap</c>, <c>pop3</c>, <c>submission</c>.</param>
/// <param name="Client">The client's address; null in memory.</param>
public sealed record ChallengeRequest(string UserName, string Scheme, string Protocol, System.Net.IPEndPoint? Client);
