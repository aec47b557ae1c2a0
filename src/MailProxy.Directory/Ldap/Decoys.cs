using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.File;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// Hashes for names that nobody has, so that their answer takes as long as that of a wrong password. The directory is not read as a whole, so they are those of
/// users who lately logged in.
/// </summary>
internal sealed class Decoys
{
    /// <summary>Enough to hold a mixture of schemes.</summary>
    private const int Places = 64;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly PasswordHash?[] _hashes = new PasswordHash?[Places];

    /// <summary>Keeps a user's hash, always in the same place.</summary>
    public void Remember(string user, PasswordHash hash) => Volatile.Write(ref _hashes[PlaceOf(user)], hash);

    /// <summary>What to compare with for this name; once the places are filled, always the same one's for the same name.</summary>
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

        return EmptyFileDecoy.Hash;
    }

    // Keyed: nobody outside can tell which user an unknown name is compared with.
    private int PlaceOf(string name) => (int)(BitConverter.ToUInt32(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(name))) % Places);
}
