namespace MailProxy.Directory.Cache;

/// <summary>An answer and when it was given.</summary>
/// <param name="Answer">As the provider gave it.</param>
/// <param name="At">Timestamp of the clock.</param>
/// <param name="Until">When it ceases to be true by itself; null: never.</param>
internal sealed record Kept<T>(T Answer, long At, DateTimeOffset? Until);
