namespace MailProxy.Directory.Proofs;

/// <summary>The answer to a <see cref="ChallengeRequest"/>.</summary>
/// <param name="Outcome">What the directory said.</param>
/// <param name="Parameters">When <see cref="ChallengeOutcome.Found"/>; from the whole directory also for those who have none and for nobody.</param>
/// <param name="UserName">The name in the directory's own form (with its default domain, lower case), known or not; null: it has none.</param>
/// <param name="Detail">For the log.</param>
public sealed record ChallengeResult(ChallengeOutcome Outcome, ScramParameters? Parameters = null, string? UserName = null, string Detail = "");
