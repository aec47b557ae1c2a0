namespace MailProxy.Routing.Plans;

/// <summary>How far many moves are, and when they will be over if the rest goes as what is done. Pure.</summary>
/// <param name="Users">In all.</param>
/// <param name="Octets">In all.</param>
/// <param name="Done">Users that are moved.</param>
/// <param name="Failed">Users that are not, for now.</param>
/// <param name="OctetsDone">Of those that are moved.</param>
/// <param name="Elapsed">Since the first began.</param>
public readonly record struct Estimate(int Users, long Octets, int Done, int Failed, long OctetsDone, TimeSpan Elapsed)
{
    // A user without mail takes as long as so much mail: hold and confirmations take about 0.4 s, at the 25 MB/s of docs/performance.md.
    private const double OctetsOfUser = 10_000_000;

    /// <summary>Users whose turn comes.</summary>
    public int Left => Math.Max(0, Users - Done - Failed);

    /// <summary>Users in a minute so far.</summary>
    public double PerMinute => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalMinutes : 0;

    /// <summary>What is left, by users and by octets; null: nothing is done yet.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (Done == 0 || Elapsed <= TimeSpan.Zero)
            {
                return null;
            }

            var done = OctetsDone + (Done * OctetsOfUser);
            var left = Math.Max(0, Octets - OctetsDone) + (Left * OctetsOfUser);
            return Left == 0 ? TimeSpan.Zero : Elapsed * (left / done);
        }
    }
}
