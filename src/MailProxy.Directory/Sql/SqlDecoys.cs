using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.File;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Sql;

/// <summary>
/// Hashes to compare with when nobody has a name, so that time does not tell: those of users who were asked about, always the same one for the same
/// name once it was found. Before the first user was asked about, one of MailProxy's own making.
/// </summary>
internal sealed class SqlDecoys
{
    /// <summary>A directory mixes a handful of schemes; these show them in their proportion.</summary>
    private const int Slots = 64;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly PasswordHash?[] _hashes = new PasswordHash?[Slots];
    private volatile PasswordHash? _first;

    /// <summary>Some user's hash, as it was met.</summary>
    public void Learn(string name, PasswordHash hash)
    {
        _first ??= hash;
        _ = Interlocked.CompareExchange(ref _hashes[SlotOf(name)], hash, null);
    }

    /// <summary>What to compare with for a name that nobody has.</summary>
    public PasswordHash For(string name) => Volatile.Read(ref _hashes[SlotOf(name)]) ?? _first ?? EmptyFileDecoy.Hash;

    // Keyed, so that nobody outside can tell which name shares a slot with which.
    private int SlotOf(string name) =>
        (int)(BitConverter.ToUInt32(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(name.ToLowerInvariant()))) % Slots);
}
