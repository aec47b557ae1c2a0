using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailProxy.Routing.Moves;

namespace MailProxy.Moving;

/// <summary>Tells how a move goes: lines for people, or one JSON object a line.</summary>
internal sealed class MoveReport(TextWriter output, bool isJson) : IProgress<MoveProgress>
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly TimeSpan CopyLines = TimeSpan.FromSeconds(1);

    private CopyProgress _copied;
    private TimeSpan _lastCopyLine = -CopyLines;

    /// <summary>For what a command of the operator's prints: not among JSON.</summary>
    public TextWriter Commentary => isJson ? Console.Error : output;

    /// <inheritdoc/>
    public void Report(MoveProgress value)
    {
        if (value.Copied is { } copied)
        {
            // A poll tells the same again and again.
            if (copied == _copied || (copied.Messages == 0 && _copied.Messages == 0))
            {
                return;
            }

            if (value.Elapsed - _lastCopyLine < CopyLines)
            {
                _copied = copied;
                return;
            }

            (_copied, _lastCopyLine) = (copied, value.Elapsed);
        }

        if (isJson)
        {
            Write(new
            {
                step = MoveText.NameOf(value.Step),
                seconds = Math.Round(value.Elapsed.TotalSeconds, 3),
                text = value.Text,
                messages = value.Copied?.Messages,
                octets = value.Copied?.Octets,
            });
            return;
        }

        var text = value.Copied is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"{count.Messages} messages, {count.Octets / 1048576.0:0.0} MiB copied")
            : value.Text;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Elapsed.TotalSeconds,7:0.00} s  {MoveText.NameOf(value.Step),-10}  {text}"));
    }

    /// <summary>The last word.</summary>
    public void End(MoveRecord move, MoveResult result)
    {
        var isMoved = result.Outcome == MoveOutcome.Moved;
        if (isJson)
        {
            Write(new
            {
                done = isMoved,
                user = move.User,
                store = isMoved ? move.To : move.From,
                reason = result.Reason.Length > 0 ? result.Reason : null,
                heldSeconds = Math.Round(result.Held.TotalSeconds, 3),
                messages = _copied.Messages,
                octets = _copied.Octets,
            });
            return;
        }

        output.WriteLine(isMoved
            ? string.Create(CultureInfo.InvariantCulture, $"{move.User} lives at {move.To} now; logins waited for {result.Held.TotalSeconds:0.0} s.")
            : $"{move.User} still lives at {move.From}; nothing is left of the move.");
    }

    /// <summary>How a move stands.</summary>
    public void Status(MoveListing? listing, string user)
    {
        if (listing is not { Move: var move })
        {
            if (isJson)
            {
                Write(new { user, moving = false });
            }
            else
            {
                output.WriteLine($"No move of {user} is under way.");
            }

            return;
        }

        if (isJson)
        {
            Write(new
            {
                user,
                moving = true,
                move.Id,
                move.From,
                move.To,
                step = MoveText.NameOf(move.Step),
                move.Undo,
                move.Started,
                move.Operator,
                running = listing.IsDriven,
            });
            return;
        }

        output.WriteLine(
            $"{move.User}: from {move.From} to {move.To}, step {MoveText.NameOf(move.Step)}{(move.Undo ? " (being taken back)" : "")}, "
            + $"{(MoveMachine.IsHeld(move.Step) ? "on hold" : "served")}; by {move.Operator} since {move.Started:yyyy-MM-dd HH:mm:ss} UTC, "
            + (listing.IsDriven ? "whose command runs." : "whose command does not run any more: --resume or --abort."));
    }

    /// <summary>What stands in the way, or is to be done; on standard error unless JSON was asked for.</summary>
    public void Problem(string text)
    {
        if (isJson)
        {
            Write(new { done = false, error = text });
        }
        else
        {
            Console.Error.WriteLine(text);
        }
    }

    private void Write(object value) => output.WriteLine(JsonSerializer.Serialize(value, Json));
}
