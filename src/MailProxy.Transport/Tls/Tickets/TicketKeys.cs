using System.Security.Cryptography;

namespace MailProxy.Transport.Tls.Tickets;

/// <summary>
/// The keys of session tickets: the first seals, all of them open. From a file that several nodes share, or random ones of this process that
/// rotate by themselves. Safe for use by several threads: users get copies, so that a key can be cleared while another thread opens a ticket.
/// </summary>
public sealed class TicketKeys : IDisposable
{
    // RFC 9325 3.4: change keys regularly, e.g. weekly, and let tickets live half as long as their key at most. Twice a day costs nothing, and is
    // six times as long as a ticket lives, so the key before is enough to open whatever is still good.
    internal static readonly TimeSpan Rotation = TimeSpan.FromHours(12);

    /// <summary>OpenSSL's own number for TLS: a client that looks every few minutes resumes all day long, and renews its ticket each time.</summary>
    internal static readonly TimeSpan TicketLifetime = TimeSpan.FromHours(2);

    private readonly Lock _gate = new();
    private readonly TimeProvider? _time;
    private TicketKey[] _keys;
    private long _sealingSince;

    private TicketKeys(TicketKey[] keys, TimeProvider? time)
    {
        (_keys, _time) = (keys, time);
        _sealingSince = time?.GetTimestamp() ?? 0;
    }

    /// <summary>Random keys that rotate by the clock; the one before is kept, so that tickets survive a rotation.</summary>
    public static TicketKeys Generate(TimeProvider time) => new([TicketKey.Generate()], time);

    /// <summary>The keys of a file (<see cref="TicketKeyFile"/>). Errors: <see cref="CertificateFileException"/>.</summary>
    public static TicketKeys Load(string path) => new(TicketKeyFile.Read(path), null);

    /// <summary>Reads the file anew; on an error the keys stay as they are. Errors: <see cref="CertificateFileException"/>.</summary>
    internal void Reload(string path)
    {
        var keys = TicketKeyFile.Read(path);
        lock (_gate)
        {
            Clear(_keys);
            _keys = keys;
        }
    }

    /// <summary>Copies the record that seals now; false after <see cref="Dispose"/>. The caller clears the copy.</summary>
    internal bool TryGetCurrent(Span<byte> record)
    {
        lock (_gate)
        {
            RotateIfDue();
            return _keys.Length > 0 && _keys[0].Record.TryCopyTo(record);
        }
    }

    /// <summary>Copies the record that a ticket names, if it is one of ours. The caller clears the copy.</summary>
    internal TicketKeyMatch Find(ReadOnlySpan<byte> name, Span<byte> record)
    {
        lock (_gate)
        {
            RotateIfDue();
            for (var i = 0; i < _keys.Length; i++)
            {
                if (TicketKey.NameOf(_keys[i].Record).SequenceEqual(name))
                {
                    _keys[i].Record.CopyTo(record);
                    return i == 0 ? TicketKeyMatch.Current : TicketKeyMatch.Former;
                }
            }

            return TicketKeyMatch.Unknown;
        }
    }

    /// <summary>Clears the keys; no ticket is sealed or opened any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Clear(_keys);
            _keys = [];
        }
    }

    // When somebody asks: a timer would rotate keys that nobody uses.
    private void RotateIfDue()
    {
        if (_time is null || _keys.Length == 0)
        {
            return;
        }

        var age = _time.GetElapsedTime(_sealingSince);
        if (age < Rotation)
        {
            return;
        }

        // Nothing sealed anything for so long that the last key is as old as the one before would be.
        var keepsLast = age < Rotation * 2;
        Clear(_keys.AsSpan(keepsLast ? 1 : 0));
        _keys = keepsLast ? [TicketKey.Generate(), _keys[0]] : [TicketKey.Generate()];
        _sealingSince = _time.GetTimestamp();
    }

    private static void Clear(ReadOnlySpan<TicketKey> keys)
    {
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }
}
