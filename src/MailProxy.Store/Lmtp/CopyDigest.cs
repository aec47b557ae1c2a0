using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Store.Lmtp;

/// <summary>
/// By what a copy is known again when its sender repeats it: SHA-256 of the envelope sender (as it was given), a NUL, and the message as the client sent
/// it without the trace fields in front, which differ with every attempt. Other header fields are part of it, Message-ID and Date too.
/// </summary>
internal sealed class CopyDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TraceSkipper _skipper = new();

    public CopyDigest(string sender)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(sender));
        _hash.AppendData([0]);
    }

    /// <summary>The next octets of the message.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        var rest = _skipper.Take(octets, out var held);
        _hash.AppendData(held);
        _hash.AppendData(rest);
    }

    /// <summary>The message is over. 32 octets.</summary>
    public byte[] End()
    {
        _hash.AppendData(_skipper.End());
        return _hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
