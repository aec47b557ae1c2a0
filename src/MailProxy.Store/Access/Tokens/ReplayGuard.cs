using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Store.Access.Tokens;

/// <summary>Remembers which tokens were used, for as long as they could be used again. Bounded: what does not fit is refused, not forgotten.</summary>
/// <param name="limit">Most that are remembered at once.</param>
/// <param name="keep">How long one is remembered: at least as long as a token is good.</param>
/// <param name="time">Now.</param>
internal sealed class ReplayGuard(int limit, TimeSpan keep, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<(UInt128 Id, long Since)> _order = new();

    /// <summary>True: the first time; it is remembered now. False: seen before. Null: there is no room to remember it.</summary>
    /// <param name="id">The token's, of any length.</param>
    public bool? TryUse(string id)
    {
        // 128 bits of the digest: nobody finds two ids that fall together, and a memory of ids has no long ones.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), digest);
        var key = new UInt128(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..]));
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) > keep)
            {
                _order.Dequeue();
                _seen.Remove(oldest.Id);
            }

            if (_seen.Contains(key))
            {
                return false;
            }

            if (_seen.Count >= limit)
            {
                return null;
            }

            _seen.Add(key);
            _order.Enqueue((key, time.GetTimestamp()));
            return true;
        }
    }
}
