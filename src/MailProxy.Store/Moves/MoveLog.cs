using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Moves;

/// <summary>Events of moves. Users and moves are judged text without control characters.</summary>
internal static partial class MoveLog
{
    [LoggerMessage(1, LogLevel.Information, "Move {Move} of {User}: {Step}")]
    public static partial void Done(ILogger logger, string move, string user, string step);

    [LoggerMessage(2, LogLevel.Warning, "Move {Move} of {User}: {Step} refused: {Reason}")]
    public static partial void Refused(ILogger logger, string move, string user, string step, string reason);

    [LoggerMessage(3, LogLevel.Information, "Move {Move} of {User}: pulled from {From} in {Seconds:0.000} s: {Messages} messages, {Octets} octets, {Reused} reused, {Changed} changed, {Removed} removed, complete under {Hold}")]
    public static partial void Pulled(ILogger logger, string move, string user, string from, double seconds, long messages, long octets, long reused, long changed, long removed, string hold);

    [LoggerMessage(4, LogLevel.Warning, "Move {Move} of {User}: the pull from {From} failed")]
    public static partial void PullFailed(ILogger logger, Exception exception, string move, string user, string from);

    [LoggerMessage(5, LogLevel.Warning, "{Path} refused: no certificate that is trusted for it")]
    public static partial void NotTrusted(ILogger logger, string path);

    [LoggerMessage(7, LogLevel.Warning, "Move {Move} of {User}: its staged copy has been left alone for long and is kept, as {From} has not said that nobody needs it: {Reason} It is looked at again in an hour; if that move is over, drop it: DELETE /moves/users/USER/staged?move=MOVE")]
    public static partial void StageKept(ILogger logger, string move, string user, string from, string reason);

    [LoggerMessage(9, LogLevel.Debug, "The look for staged copies ends, as the store is stopping")]
    public static partial void SweepEnds(ILogger logger);

    [LoggerMessage(8, LogLevel.Error, "Looking for staged copies that nobody needs failed")]
    public static partial void SweepBroke(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "Move {Move}: users who have never been here are {What}")]
    public static partial void Newcomers(ILogger logger, string move, string what);
}
