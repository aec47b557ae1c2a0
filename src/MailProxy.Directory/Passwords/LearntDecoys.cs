using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Passwords;

/// <summary>
/// Hashes for names that nobody has, so that their answer takes as long as that of a wrong password. For directories that are not read as a whole: they are
/// those of users who were asked about.
/// </summary>
internal sealed class LearntDecoys
{
    /// <summary>A directory mixes a handful of schemes; these show them in their proportion.</summary>
    private const int Places = 64;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly PasswordHash?[] _hashes = new PasswordHash?[Places];

    /// <summary>Some user's hash, as it was met; the first in its place stays.</summary>
    public void Learn(string name, PasswordHash hash) => Interlocked.CompareExchange(ref _hashes[PlaceOf(name)], hash, null);

    /// <summary>What to compare with for a name that nobody has; once the places are filled, always the same for the same name.</summary>
    public PasswordHash For(string name)
    {
        var start = PlaceOf(name);
        for (var step = 0; step < Places; step++)
        {
            if (Volatile.Read(ref _hashes[(start + step) % Places]) is { } hash)
            {
                return hash;
            }
        }

        return NobodysHash.Value;
    }

    // Keyed, so that nobody outside can tell which name shares a place with which.
    private int PlaceOf(string name) =>
        (int)(BitConverter.ToUInt32(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(name.ToLowerInvariant()))) % Places);
}
