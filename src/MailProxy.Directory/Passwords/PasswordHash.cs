namespace MailProxy.Directory.Passwords;

/// <summary>
/// A stored password, judged and ready to compare with: <see cref="PasswordParser.TryParse"/> makes one. Immutable, safe from
/// several threads. It prints its scheme and nothing else.
/// </summary>
public abstract class PasswordHash
{
    private protected PasswordHash(string scheme) => Scheme = scheme;

    /// <summary>Upper case, as between the braces: <c>SSHA512</c>.</summary>
    public string Scheme { get; }

    /// <summary>True when a comparison takes microseconds, less than the way to another thread and back.</summary>
    internal virtual bool IsCheap => false;

    /// <summary>
    /// Is this the password? Burns as much CPU as the scheme asks for; the time does not depend on how much of the password is right.
    /// </summary>
    /// <param name="password">UTF-8 octets.</param>
    /// <exception cref="InvalidOperationException">The system's library could not compute it now (out of memory): no verdict.</exception>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        // crypt(3) reads up to the first NUL, and HMAC fills short keys with NULs (RFC 2104 2): it would not count. RFC 4616 2 forbids it anyway.
        return !password.Contains((byte)0) && Matches(password);
    }

    /// <summary><see cref="Verify"/> for octets without NUL.</summary>
    private protected abstract bool Matches(ReadOnlySpan<byte> password);

    /// <inheritdoc/>
    public sealed override string ToString() => $"{{{Scheme}}}***";
}
