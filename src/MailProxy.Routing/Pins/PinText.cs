using System.Text;
using System.Text.Json;

namespace MailProxy.Routing.Pins;

/// <summary>Writes pins as <see cref="PinParser"/> reads them.</summary>
internal static class PinText
{
    /// <summary>The same as text.</summary>
    public static string WriteText(Pin pin) => Encoding.UTF8.GetString(Write(pin));

    /// <summary>A plain store id where that says it all.</summary>
    public static byte[] Write(Pin pin) => pin is { State: PinState.Active, Moving: null, Move: null }
        ? Encoding.UTF8.GetBytes(pin.Store)
        : JsonSerializer.SerializeToUtf8Bytes(
            new PinDocument { Store = pin.Store, State = pin.State == PinState.Held ? "held" : "active", Moving = pin.Moving, Move = pin.Move },
            RoutingJson.Default.PinDocument);
}
