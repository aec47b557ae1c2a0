namespace MailProxy.Nodes.Draining;

/// <summary>
/// How many goodbyes are due: evenly over the time that is left, so that the clients of a full node do not all log in elsewhere in the same second.
/// </summary>
/// <param name="leastRate">Goodbyes a second at least.</param>
internal sealed class GoodbyePace(int leastRate)
{
    private double _due;

    /// <summary>So many now, before the next of steps of equal length.</summary>
    /// <param name="left">Sessions that were not asked yet.</param>
    /// <param name="step">From this one to the next.</param>
    /// <param name="time">To the last goodbye.</param>
    public int Next(int left, TimeSpan step, TimeSpan time)
    {
        if (time <= step)
        {
            return left;
        }

        _due += Math.Max(left * (step / time), leastRate * step.TotalSeconds);
        var count = Math.Min(left, (int)_due);

        // What is due of a second without sessions is not made up for later.
        _due = Math.Min(_due - count, 1);
        return count;
    }
}
