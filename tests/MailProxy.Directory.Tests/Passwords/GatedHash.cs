using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Tests.Passwords;

/// <summary>A hash that takes as long as the test wants.</summary>
internal sealed class GatedHash() : PasswordHash("GATED"), IDisposable
{
    // Only so that a test that forgets to open ends at all.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _open = new();

    public void Open() => _open.Set();

    public void Dispose() => _open.Dispose();

    private protected override bool Matches(ReadOnlySpan<byte> password) => _open.Wait(LongEnough) && password.SequenceEqual("secret"u8);
}
