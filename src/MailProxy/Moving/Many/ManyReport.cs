using MailProxy.Routing.Plans;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailProxy.Moving.Many;

/// <summary>Tells how many moves go: lines for people, or one JSON object a line.</summary>
internal sealed class ManyReport(TextWriter output, bool isJson, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private long? _began;
    private Estimate _sum;
    private TimeSpan _longestHold;

    /// <summary>For what a command of the operator's prints: not among JSON.</summary>
    public TextWriter Commentary => isJson ? Console.Error : TextWriter.Synchronized(output);

    /// <summary>How far it is.</summary>
    public Estimate Sum
    {
        get
        {
            lock (_gate)
            {
                return _sum with { Failed = _failed.Count, Elapsed = _began is { } began ? time.GetElapsedTime(began) : TimeSpan.Zero };
            }
        }
    }

    /// <summary>A sentence on the way; not among JSON.</summary>
    public void Say(string text)
    {
        if (!isJson)
        {
            Write(text);
        }
    }

    /// <summary>A sentence for people, or an object for programs.</summary>
    public void Tell(string text, object value) => Write(isJson ? JsonSerializer.Serialize(value, Json) : text);

    /// <summary>What stands in the way; on standard error unless JSON was asked for.</summary>
    public void Problem(string text)
    {
        if (isJson)
        {
            Write(JsonSerializer.Serialize(new { done = false, error = text }, Json));
        }
        else
        {
            Console.Error.WriteLine(text);
        }
    }

    /// <summary>More to move than was known.</summary>
    public void Expect(int users, long octets)
    {
        lock (_gate)
        {
            _sum = _sum with { Users = _sum.Users + users, Octets = _sum.Octets + octets };
        }
    }

    /// <summary>One is done.</summary>
    public void Moved(Relocation one, TimeSpan held)
    {
        lock (_gate)
        {
            _failed.Remove(one.User);
            _sum = _sum with { Done = _sum.Done + 1, OctetsDone = _sum.OctetsDone + one.Octets };
            _longestHold = held > _longestHold ? held : _longestHold;
        }
    }

    /// <summary>One failed.</summary>
    public void Failed(Relocation one, string reason)
    {
        lock (_gate)
        {
            _failed.Add(one.User);
        }

        Tell($"           {one.User} was not moved: {reason}", new { failed = one.User, from = one.From, to = one.To, reason });
    }

    /// <summary>A line of progress every few seconds, until it is stopped; and one at the end.</summary>
    public async Task TellAsync(CancellationToken stop)
    {
        _began ??= time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(Tick, time, stop);
                Progress();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Progress();
        }
    }

    /// <summary>The last word.</summary>
    public void End(bool isDone, IReadOnlyCollection<(string User, string Reason)> failed, IReadOnlyCollection<string> remarks)
    {
        var sum = Sum;
        if (isJson)
        {
            Write(JsonSerializer.Serialize(
                new
                {
                    done = isDone,
                    moved = sum.Done,
                    octets = sum.OctetsDone,
                    seconds = Math.Round(sum.Elapsed.TotalSeconds, 1),
                    longestHoldSeconds = Math.Round(_longestHold.TotalSeconds, 3),
                    failed = failed.Select(one => new { user = one.User, reason = one.Reason }),
                    remarks,
                },
                Json));
            return;
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"{sum.Done} users, {Size(sum.OctetsDone)} moved in {Span(sum.Elapsed)}; no login waited longer than {_longestHold.TotalSeconds:0.0} s."));
        foreach (var (user, reason) in failed)
        {
            Write($"  not moved: {user}: {reason}");
        }

        foreach (var remark in remarks)
        {
            Write(remark);
        }
    }

    /// <summary>Octets for people.</summary>
    public static string Size(long octets) => octets switch
    {
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{octets / 1024.0:0.0} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{octets / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{octets / 1073741824.0:0.0} GiB"),
    };

    /// <summary>A duration for people.</summary>
    public static string Span(TimeSpan span) => span < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : span.ToString(span < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);

    private void Progress()
    {
        var sum = Sum;
        var left = sum.Remaining;
        var end = sum.Left == 0 ? "nobody is left" : left is { } rest ? $"about {Span(rest)} left, until {(time.GetLocalNow() + rest).ToString("HH:mm", CultureInfo.InvariantCulture)}" : "no estimate yet";
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{sum.Elapsed.TotalSeconds,7:0.0} s  {sum.Done} of {sum.Users} users, {sum.Left} left, {sum.Failed} failed; {Size(sum.OctetsDone)} of {Size(sum.Octets)}; {sum.PerMinute:0} users/min; {end}"),
            new
            {
                moved = sum.Done,
                left = sum.Left,
                failed = sum.Failed,
                octets = sum.OctetsDone,
                octetsInAll = sum.Octets,
                usersPerMinute = Math.Round(sum.PerMinute, 1),
                seconds = Math.Round(sum.Elapsed.TotalSeconds, 1),
                secondsLeft = left is { } seconds ? Math.Round(seconds.TotalSeconds) : (double?)null,
            });
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
        }
    }
}
