<?php
// As much of a WooCommerce shop as a plug-in that sends a message needs: it has an order, whose state changes.

define("WATI_KEY", getenv("WATI_KEY"));

$actions = [];

function add_action($name, $action)
{
    global $actions;
    $actions[$name] = $action;
}

class Order
{
    public function get_billing_phone()
    {
        return getenv("PHONE");
    }
}

function wc_get_order($id)
{
    return $id === getenv("ORDER") ? new Order() : false;
}

function wp_json_encode($value)
{
    return json_encode($value);
}

function wp_remote_post($url, $request)
{
    $lines = [];
    foreach ($request["headers"] as $name => $value) {
        $lines[] = "$name: $value";
    }
    $call = curl_init($url);
    curl_setopt_array($call, [
        CURLOPT_POST => true,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPHEADER => $lines,
        CURLOPT_POSTFIELDS => $request["body"],
    ]);
    $body = curl_exec($call);
    if ($body === false) {
        fwrite(STDERR, curl_error($call));
        exit(1);
    }
    return ["body" => $body];
}

require getenv("PLUGIN");

$actions["woocommerce_order_status_processing"](getenv("ORDER"));
