using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>Answers challenges from what is stored of a user.</summary>
internal static class StoredKeys
{
    /// <summary>Of several secrets the first that has keys of the scheme counts: a client can be shown one salt only.</summary>
    /// <param name="stored">In the directory's order.</param>
    /// <param name="scheme">The scheme asked for.</param>
    /// <param name="userName">The user's name in the directory's own form.</param>
    public static ChallengeResult Of(IEnumerable<PasswordHash> stored, string scheme, string? userName) =>
        stored.OfType<ScramKeys>().FirstOrDefault(keys => keys.Scheme == scheme) is { } found
            ? new ChallengeResult(ChallengeOutcome.Found, new ScramParameters(found.Salt, found.Rounds), userName)
            : new ChallengeResult(ChallengeOutcome.NoKeys, null, userName, $"no keys for {scheme}");

    /// <summary>The same of those that are good for the protocol.</summary>
    public static ChallengeResult Of(IEnumerable<StoredPassword> stored, ChallengeRequest request, string? userName) =>
        Of(stored.Where(password => password.IsFor(request.Protocol)).Select(password => password.Hash), request.Scheme, userName);

    /// <summary>For directories whose servers verify passwords and show none.</summary>
    /// <param name="who">Which.</param>
    public static ChallengeResult NotShown(string who) => new(ChallengeOutcome.NoKeys, Detail: CannotJudge(who));

    /// <summary>Why such a directory refuses a proof, and what to do.</summary>
    public static string CannotJudge(string who) => $"{who} verifies passwords itself and shows none: it can judge PLAIN and LOGIN, no other mechanism of passwords";
}
