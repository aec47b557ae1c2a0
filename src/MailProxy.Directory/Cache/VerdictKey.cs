using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Cache;

/// <summary>
/// Everything a verdict depends on, as one keyed hash: who reads the memory finds neither passwords nor names to guess them for, and an input that
/// is left out would be another user's answer (CVE-2025-30189), so there is one place where all of them go in.
/// </summary>
internal readonly record struct VerdictKey(ulong A, ulong B, ulong C, ulong D)
{
    private const int OnStack = 512;

    /// <summary>The key of a request.</summary>
    /// <param name="hashKey">Random, of this process.</param>
    /// <param name="request">The inputs.</param>
    /// <param name="facts">Which of the further ones the provider decides by.</param>
    /// <param name="version">Of what the provider knows.</param>
    public static VerdictKey Of(ReadOnlySpan<byte> hashKey, AuthenticationRequest request, DecidingFacts facts, long version)
    {
        var address = facts.HasFlag(DecidingFacts.ClientAddress) ? request.Client?.Address.ToString() ?? "" : "";
        var listener = facts.HasFlag(DecidingFacts.Listener) ? request.Facts?.Listener ?? "" : "";
        var serverName = facts.HasFlag(DecidingFacts.ServerName) ? request.Facts?.ServerName ?? "" : "";
        var local = facts.HasFlag(DecidingFacts.LocalAddress) ? request.Facts?.Local?.ToString() ?? "" : "";
        var attempt = facts.HasFlag(DecidingFacts.Attempt) ? request.Facts?.Attempt ?? 0 : 0;
        var tls = facts.HasFlag(DecidingFacts.Tls) && request.Facts is { } known
            ? $"{known.TlsProtocol} {known.CipherSuite} {known.Certificate?.GetCertHashString(HashAlgorithmName.SHA256)}"
            : "";
        ReadOnlySpan<string> texts = [request.AuthenticationId, request.AuthorizationId, request.Mechanism, request.Protocol, address, listener, serverName, local, tls];
        var length = (2 * sizeof(long)) + 1 + request.Secret.Octets.Length;
        foreach (var text in texts)
        {
            length += sizeof(int) + Encoding.UTF8.GetByteCount(text);
        }

        var octets = length <= OnStack ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64LittleEndian(octets, version);
        BinaryPrimitives.WriteInt64LittleEndian(octets[sizeof(long)..], attempt);
        octets[2 * sizeof(long)] = (byte)((request.IsEncrypted ? 1 : 0) | (request.IsVouched ? 2 : 0));
        var rest = octets[((2 * sizeof(long)) + 1)..];
        foreach (var text in texts)
        {
            // With its length before it, no text can pass for a part of its neighbour.
            var written = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        request.Secret.Octets.Span.CopyTo(rest);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(hashKey, octets, hash);
        CryptographicOperations.ZeroMemory(octets);
        return MemoryMarshal.Read<VerdictKey>(hash);
    }
}
