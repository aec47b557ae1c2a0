using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Directory.OAuth;

/// <summary>The keys that a token's header may mean.</summary>
/// <param name="Keys">Empty: the issuer has no such key, or nobody can say.</param>
/// <param name="Problem">Why nobody can say; null: the issuer's keys are known.</param>
internal readonly record struct KeyAnswer(IReadOnlyList<JsonWebKey> Keys, string? Problem = null);
