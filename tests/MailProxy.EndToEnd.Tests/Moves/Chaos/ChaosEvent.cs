namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Something that happened.</summary>
/// <param name="At">When, by <see cref="ChaosClock"/>.</param>
/// <param name="User">To whom; empty: to everybody.</param>
/// <param name="Text">What.</param>
internal sealed record ChaosEvent(double At, string User, string Text);
