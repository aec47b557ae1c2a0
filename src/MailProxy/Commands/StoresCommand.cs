using System.CommandLine;

namespace MailProxy.Commands;

/// <summary><c>mailproxy stores ...</c>: what operators ask and do about stores.</summary>
internal static class StoresCommand
{
    public static Command Create() => new("stores", "Ask and do things about stores.") { StoresDrainCommand.Create() };
}
