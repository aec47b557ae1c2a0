using System.CommandLine;

namespace MailProxy.Commands;

/// <summary><c>mailproxy user ...</c>: what operators ask and do about one user.</summary>
internal static class UserCommand
{
    public static Command Create() => new("user", "Ask and do things about one user.")
    {
        UserTestCommand.Create(),
        UserFlushCommand.Create(),
        UserMoveCommand.Create(),
    };
}
